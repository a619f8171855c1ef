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
  // So that one stranger leaves room for others.
  static constexpr std::size_t kMaxCeremoniesPerAddress = 4;
  static constexpr std::size_t kMinPrefix = 4;  // of a fingerprint, digits
  static constexpr Nanos kPinPatience = seconds(180);
  static constexpr Nanos kPhasePatience = seconds(30);

  using Ticket = std::uint64_t;  // of a ceremony and its parked request; never used again

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

  // The PIN that the client shows. `which` is its address or the beginning of its certificate's
  // fingerprint; it may be empty while only one waits, and `refused` says who waits otherwise.
  Result<Ticket> enter_pin(std::string_view which, std::string_view pin, LocalTime now);

  struct Waiting {
    Ticket ticket = 0;
    std::string peer_address;
    crypto::Fingerprint fingerprint{};
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

  // What came of a PIN that was typed; its ceremony is over.
  struct Outcome {
    Ticket ticket = 0;
    enum class Kind : std::uint8_t {
      paired,     // the client proved itself: store it before the answer leaves
      wrong_pin,  // it did not
      abandoned,  // it went away; some clients notice a wrong PIN by themselves
    } kind = Kind::abandoned;
    std::string peer_address;
    crypto::Fingerprint fingerprint{};
  };
  std::optional<Outcome> poll_outcome();

 private:
  struct Key {
    std::string peer_address;
    std::string unique_id;
    auto operator<=>(const Key&) const = default;
  };
  struct Entry {
    Ticket ticket;
    PairingCeremony ceremony;
    crypto::Fingerprint fingerprint;
    bool parked = true;  // until the PIN is typed
    LocalTime since;
    LocalTime until;
  };
  using Entries = std::map<Key, Entry>;

  static Key key_of(std::string_view peer_address, const Query& query);
  Answer begin(const Key& key, const Query& query, LocalTime now);
  bool has_room_for(std::string_view peer_address) const;
  void end(Entries::iterator entry, std::string_view why);
  void tell(const Entries::value_type& entry, Outcome::Kind kind);

  const HostCertificate& host_;
  Rng& rng_;
  Entries entries_;
  Ticket last_ticket_ = 0;
  std::vector<Release> releases_;
  std::vector<Outcome> outcomes_;
};

}  // namespace pf::gamestream
