// Pairings with Moonlight clients, between those who ask (the nvhttp server), the operator who
// types the PIN, and the list of paired devices. A thread of its own does what the server's I/O
// thread must not: it waits for the disk when a device is stored, and for PINs.
// Source: docs/protocol/gamestream.md section 4.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/runtime/health_board.h"
#include "core/runtime/mailbox.h"
#include "core/runtime/supervised_thread.h"
#include "host/gamestream/protocol/pairing_book.h"
#include "host/gamestream/server/pin_entry.h"
#include "host/trust/trust_registry.h"

namespace pf::gamestream {

// A request for /pair over plain HTTP.
struct PairingAsk {
  std::string peer_address;  // without a port
  Query query;
  std::function<void(std::string body)> answer;  // once, on the desk's thread
  std::function<bool()> abandoned;               // the client hung up; empty: never
};
// /unpair: never more than the end of a pairing that is under way, since anybody may ask for it.
struct UnpairAsk {
  std::string peer_address;
  Query query;
};

class PairingDesk {
 public:
  // The references outlive the desk; `rng` is used on its thread only.
  PairingDesk(const HostCertificate& host, trust::TrustRegistry& trust, HealthBoard& board,
              const Clock& clock, Rng& rng);
  // Answers what is parked: the host ends.
  ~PairingDesk();

  // Any thread. False: too much is asked at once; the ask was dropped.
  [[nodiscard]] bool ask(PairingAsk ask);
  [[nodiscard]] bool ask(UnpairAsk ask);

  // --- For the operator, any thread.
  std::vector<PinWaiting> waiting() const;
  // `malformed`: no PIN; `unavailable`: nobody waits; `refused`: several do, and it names them.
  // What comes of it is told by last_outcome(), within seconds.
  Result<PinTicket> enter_pin(const PinEntry& entry);
  std::optional<PinOutcome> last_outcome() const;

 private:
  static constexpr std::size_t kMaxAsks = 64;  // four phases of every ceremony
  // How soon it is noticed that a client with a parked request has hung up.
  static constexpr Nanos kLookEvery = milliseconds(500);
  // One line for each client that waits, unless a stranger floods us.
  static constexpr Nanos kSayEvery = seconds(10);

  using Ask = std::variant<PairingAsk, UnpairAsk>;

  Result<void> serve(Shift& shift);
  void handle(PairingAsk ask, LocalTime now);
  void handle(const UnpairAsk& ask);
  void look_after(LocalTime now);
  std::vector<PairingBook::Outcome> take_outcomes();
  // False: it proved itself, but cannot be stored.
  bool settle(const PairingBook::Outcome& outcome);
  Result<trust::Device> store(const PairingBook::Outcome& outcome);
  void release();
  void say_who_waits(const std::string& address, LocalTime now);

  trust::TrustRegistry& trust_;
  const Clock& clock_;
  Mailbox<Ask> asks_{kMaxAsks};

  mutable std::mutex mutex_;
  PairingBook book_;                        // under mutex_
  std::map<PinTicket, PinEntry> entered_;   // under mutex_
  std::optional<PinOutcome> last_outcome_;  // under mutex_
  std::map<PinTicket, PairingAsk> parked_;  // the desk's thread
  std::optional<LocalTime> said_at_;        // the desk's thread

  Doorbell bell_;
  SupervisedThread thread_;  // last: it uses all of the above
};

}  // namespace pf::gamestream
