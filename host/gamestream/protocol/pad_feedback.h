// What games do to the pads of one client, on its way there: rumble, lights, trigger effects,
// wishes for motion. Games say the same thing hundreds of times a second; only what is new leaves,
// and of one kind to one pad the newest, kSpacing apart. So nothing piles up behind a slow
// connection. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/time.h"
#include "host/gamestream/protocol/control_messages.h"
#include "host/gamestream/protocol/input_packets.h"

namespace pf::gamestream {

class PadFeedback {
 public:
  // A motor takes longer to follow.
  static constexpr Nanos kSpacing = milliseconds(10);

  // `message` is of a pad: neither HdrMode nor Termination. One for a pad beyond kMaxPads is
  // forgotten.
  void put(const HostControl& message);
  // What is to leave now; empty: nothing, or something later.
  std::optional<HostControl> take(LocalTime now);
  std::optional<LocalTime> next_due() const noexcept;

 private:
  // Of one pad: each kind of message, for each of its two sensors and each of its two triggers.
  static constexpr std::size_t kKinds = 7;
  struct Slot {
    std::optional<HostControl> waiting;
    std::vector<std::byte> said;  // as it went on the wire; empty: nothing yet
    LocalTime due;                // of the next
  };
  std::array<std::array<Slot, kKinds>, kMaxPads> slots_;
};

}  // namespace pf::gamestream
