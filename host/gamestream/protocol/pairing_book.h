// All pairings under way. A machine: takes requests, PINs and the time, says what to answer.
//
// Phase 1 is answered only when somebody typed the PIN, so its request is parked meanwhile; others
// belong to a ceremony by who asks (peer address and uniqueid). Source: docs/protocol/gamestream.md
// section 4.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "host/gamestream/protocol/pairing_ceremony.h"

namespace pf::gamestream {

class PairingBook {
 public:
  static constexpr std::size_t kMaxCeremonies = 16;  // strangers may begin them
  static constexpr Nanos kPinPatience = seconds(180);
  static constexpr Nanos kPhasePatience = seconds(30);

  using Ticket = std::uint64_t;  // of a parked request

  // Both outlive the book.
  PairingBook(const HostCertificate& host, Rng& rng) : host_(host), rng_(rng) {}

  struct Answer {
    std::string body;              // empty: parked
    std::optional<Ticket> ticket;  // then this
  };
  // A request for /pair over plain HTTP.
  Answer handle(std::string_view peer_address, const Query& query, LocalTime now);

  // A request for /unpair, or the parked client hung up: it has given up.
  void give_up(std::string_view peer_address, const Query& query);
  void give_up(Ticket ticket);

  // The PIN that the client shows. `peer_address` may be empty while only one waits; `refused` says
  // who waits otherwise.
  Result<void> enter_pin(std::string_view peer_address, std::string_view pin, LocalTime now);

  struct Waiting {
    std::string peer_address;
    LocalTime since;
  };
  std::vector<Waiting> waiting() const;  // for a PIN

  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;

  struct Release {  // a parked request's answer
    Ticket ticket = 0;
    std::string body;
  };
  std::optional<Release> poll_release();

  // A client that proved itself: store it. Its ceremony is over.
  struct Paired {
    std::vector<std::byte> certificate_der;
    std::string peer_address;
  };
  std::optional<Paired> poll_paired();

 private:
  struct Key {
    std::string peer_address;
    std::string unique_id;
    auto operator<=>(const Key&) const = default;
  };
  struct Entry {
    PairingCeremony ceremony;
    std::optional<Ticket> parked;
    LocalTime since;
    LocalTime until;
  };
  using Entries = std::map<Key, Entry>;

  static Key key_of(std::string_view peer_address, const Query& query);
  Answer begin(const Key& key, const Query& query, LocalTime now);
  void end(Entries::iterator entry, std::string_view why);

  const HostCertificate& host_;
  Rng& rng_;
  Entries entries_;
  Ticket last_ticket_ = 0;
  std::vector<Release> releases_;
  std::vector<Paired> paired_;
};

}  // namespace pf::gamestream
