// The management API without its sockets: a request in, an answer out. One thread, which may take
// its time: the list of devices waits for the disk, a password for the processor.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "host/http/message.h"
#include "host/management/gate.h"
#include "host/management/metrics.h"
#include "host/management/router.h"

namespace pf::management {

// A reader of events was let in.
struct Subscription {
  http::Request request;  // as it asked, for still_admits()
  const Route* route = nullptr;
  std::vector<std::string> kinds;            // "session", …; empty: all
  std::optional<std::string> last_event_id;  // what it has seen already
};

// Somebody else has the answer, and gives it when he has it.
struct Later {
  std::function<void(std::function<void(http::Response)> send)> begin;  // called once
};

using Answer = std::variant<http::Response, Subscription, Later>;

class Api {
 public:
  // The references outlive it.
  Api(admin::Administration& host, std::vector<std::string> host_names, Rng& rng)
      : host_(host), gate_(host, std::move(host_names), rng) {}

  Answer answer(const http::Request& request);
  // False: its token was revoked or has expired, its login or its pairing has ended.
  bool still_admits(const Subscription& subscription) {
    return gate_.still_admits(subscription.request, *subscription.route);
  }

 private:
  Answer route(const http::Request& request);
  Answer art(const http::Request& request, const Match& match);
  http::Response own(const http::Request& request, const Route& route, const Caller* caller);
  http::Response act(const http::Request& request, const Match& match);
  std::optional<http::Response> check_tag(const http::Request& request, const Match& match);

  admin::Administration& host_;
  Gate gate_;
  Metrics metrics_;
};

// On every answer: nothing of it is to be kept (unless it says itself what may be), framed, or
// taken for something else.
void add_security_headers(http::Response& response);

}  // namespace pf::management
