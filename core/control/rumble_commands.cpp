#include "core/control/rumble_commands.h"

#include <algorithm>

#include "core/base/check.h"

namespace pf::control {

void RumbleCommands::set_quirks(std::uint16_t pad, const RumbleQuirks& quirks) noexcept {
  PF_CHECK(pad < message::kMaxPads);
  pads_[pad].quirks = quirks;
}

void RumbleCommands::on_rumble(const message::Rumble& rumble, LocalTime now) noexcept {
  PF_CHECK(rumble.pad < message::kMaxPads);
  Pad& pad = pads_[rumble.pad];
  const auto triggers = rumble.triggers.value_or(message::Rumble::Triggers{});
  pad.level = {.pad = rumble.pad,
               .low_frequency = rumble.low_frequency,
               .high_frequency = rumble.high_frequency,
               .left_trigger = triggers.left,
               .right_trigger = triggers.right};
  pad.due = true;
  pad.again.reset();
  const Nanos lease = rumble.lease ? Nanos(milliseconds(rumble.lease->ttl_ms)) : kNoLease;
  const bool runs =
      (rumble.low_frequency | rumble.high_frequency | triggers.left | triggers.right) != 0;
  if (runs && lease > Nanos(0)) {
    pad.ends = now + lease;
  } else {
    stop(pad);
  }
}

void RumbleCommands::stop(Pad& pad) noexcept {
  pad.level = {.pad = pad.level.pad};
  pad.due = true;
  pad.ends.reset();
  pad.again.reset();
}

void RumbleCommands::on_end() noexcept {
  for (Pad& pad : pads_) {
    if (pad.ends) stop(pad);
  }
}

std::optional<RumbleCommand> RumbleCommands::poll(LocalTime now) noexcept {
  for (Pad& pad : pads_) {
    if (pad.ends && now >= *pad.ends) stop(pad);
    const bool again = pad.again && now >= *pad.again;
    if (!pad.due && !again) continue;
    RumbleCommand command = pad.level;
    pad.flipped = !pad.due && !pad.flipped;
    // A step of 1/65536 that nobody feels.
    if (pad.flipped && pad.quirks.dedup_jitter) command.low_frequency ^= 1;
    pad.due = false;
    if (pad.ends) {
      command.backstop = std::max(*pad.ends - now, pad.quirks.least_pulse);
      if (pad.quirks.keepalive > Nanos(0)) pad.again = now + pad.quirks.keepalive;
    }
    return command;
  }
  return std::nullopt;
}

std::optional<LocalTime> RumbleCommands::next_timeout() const noexcept {
  std::optional<LocalTime> next;
  for (const Pad& pad : pads_) {
    for (const auto& at : {pad.ends, pad.again}) {
      if (at && (!next || *at < *next)) next = at;
    }
  }
  return next;
}

}  // namespace pf::control
