// Where the host sends the media: the address that QUIC has authenticated, and the port that the
// client named or, if that one stays silent, another one that a punch packet came from. Decided
// once; whoever punches later is not followed (NativeOutlet::find_client is the same with a
// socket). Pure.
#pragma once

#include <optional>

#include "core/base/endpoint.h"
#include "core/base/time.h"

namespace pf::sim {

class ClientFinder {
 public:
  static constexpr Nanos kPunchPatience = milliseconds(2500);
  static constexpr Nanos kNamedPortPatience = milliseconds(300);

  // `named`: the authenticated address with the port that Start names.
  void start(const Endpoint& named, LocalTime now) noexcept;
  void on_punch(const Endpoint& source, LocalTime now) noexcept;
  std::optional<LocalTime> next_timeout() const noexcept { return until_; }
  // The decision, once.
  std::optional<Endpoint> poll(LocalTime now) noexcept;

 private:
  Endpoint named_;
  std::optional<Endpoint> other_port_;
  std::optional<LocalTime> until_;  // while it is not decided
};

}  // namespace pf::sim
