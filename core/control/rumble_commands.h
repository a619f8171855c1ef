// What a pad's motors are to do, as commands that can be followed to the letter: who follows them
// keeps no time of his own.
//
// A host says how strongly the motors run and for how long; it renews that while it lasts. From it
// come a command for each renewal, and a stop when a lease ends unrenewed, when an old host that
// names no lease has said nothing for a second, and when the session ends. Pads whose output
// decays by itself get their level again at a pace of their own. Pure. Source:
// docs/protocol/punktfunk1.md section 9.5, docs/protocol/c_abi.md section 8.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/message/datagram.h"

namespace pf::control {

// What is peculiar about a pad's motors; all zero: nothing.
struct RumbleQuirks {
  Nanos keepalive{0};         // they decay: say the level again so often; 0: never
  Nanos least_pulse{0};       // they do not start for less
  bool dedup_jitter = false;  // whoever drives them ignores what he has been told already
};

struct RumbleCommand {
  std::uint16_t pad = 0;
  std::uint16_t low_frequency = 0, high_frequency = 0;  // 0 and 0: stop
  std::uint16_t left_trigger = 0, right_trigger = 0;
  Nanos backstop{0};  // for motors that must be told for how long; 0 with a stop
};

class RumbleCommands {
 public:
  static constexpr Nanos kNoLease = seconds(1);

  void set_quirks(std::uint16_t pad, const RumbleQuirks& quirks) noexcept;  // below kMaxPads
  void on_rumble(const message::Rumble& rumble, LocalTime now) noexcept;
  void on_end() noexcept;  // what runs stops

  // What is to be done now; call until empty.
  std::optional<RumbleCommand> poll(LocalTime now) noexcept;
  // When there may be more to do though nothing came.
  std::optional<LocalTime> next_timeout() const noexcept;

 private:
  struct Pad {
    RumbleQuirks quirks;
    RumbleCommand level;
    bool due = false;  // to be said
    bool flipped = false;
    std::optional<LocalTime> ends;   // while it runs
    std::optional<LocalTime> again;  // likewise, if it decays
  };

  static void stop(Pad& pad) noexcept;

  std::array<Pad, message::kMaxPads> pads_;
};

}  // namespace pf::control
