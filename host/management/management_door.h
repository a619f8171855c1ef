// The management API and the console on their port: HTTPS with the host's own certificate.
//
// Two threads: the server's for all sockets, and one worker that answers the requests one after the
// other, looks for what changed, and tells the readers of events. A port that another program holds
// is no reason not to stream: the health board says so, and the worker tries again.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "core/base/endpoint.h"
#include "core/base/rng.h"
#include "core/crypto/identity.h"
#include "core/runtime/health_board.h"
#include "core/runtime/mailbox.h"
#include "core/runtime/supervised_thread.h"
#include "host/admin/administration.h"
#include "host/http/server.h"
#include "host/management/api.h"
#include "host/management/event_log.h"

namespace pf::management {

// Requests that wait for the worker; above it 503. Four times what an operator's page and a few
// scripts ask at once.
inline constexpr std::size_t kMaxWaiting = 256;
// Readers of events; above it 503. A connection each, so the server's bound holds too.
inline constexpr std::size_t kMaxReaders = 256;
// How old an event may be when it is told: what a person at a page calls at once.
inline constexpr Nanos kLookEvery = milliseconds(500);
// While nobody reads: so that who comes back finds what it missed.
inline constexpr Nanos kLookIdle = seconds(5);
// A line without meaning, so that readers and what lies between know that the connection lives.
inline constexpr Nanos kKeepAlive = seconds(15);

class ManagementDoor {
 public:
  struct Params {
    Endpoint listen;
    crypto::Identity identity;
    std::vector<std::string> host_names;  // for the Host header (gate.h)
  };
  // The references outlive it.
  ManagementDoor(Params params, admin::Administration& host, Rng& rng, HealthBoard& board,
                 const Clock& clock);

  // With the port that the system chose. Empty: it does not listen now. Any thread.
  Endpoint endpoint() const;

 private:
  struct Job {
    http::Request request;
    http::Reply reply;
  };
  struct Reader {
    http::Stream stream;
    Subscription asked;
    std::uint64_t seen = 0;
    LocalTime told_at;
    std::optional<std::uint64_t> log_after;  // it follows the log, and has seen this line
  };
  class Shop;  // what one shift works with

  Result<void> serve(Shift& shift);
  Result<http::Server> open_server();

  const Params params_;
  admin::Administration& host_;
  Rng& rng_;
  const Clock& clock_;
  Doorbell bell_;
  Mailbox<Job> jobs_{kMaxWaiting};
  std::atomic<std::size_t> waiting_{0};  // in jobs_
  std::atomic<std::uint16_t> port_{0};
  SupervisedThread thread_;  // last: it uses the above
};

}  // namespace pf::management
