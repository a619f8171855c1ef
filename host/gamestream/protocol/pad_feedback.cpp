#include "host/gamestream/protocol/pad_feedback.h"

#include <algorithm>

namespace pf::gamestream {
namespace {

struct Place {
  std::size_t pad = kMaxPads, kind = 0;
};

struct FindPlace {
  Place operator()(const PadRumble& rumble) const { return {rumble.pad, 0}; }
  Place operator()(const PadTriggerRumble& rumble) const { return {rumble.pad, 1}; }
  Place operator()(const PadMotionRequest& request) const {
    return {request.pad, request.kind == 2 ? 3u : 2u};
  }
  Place operator()(const PadLed& led) const { return {led.pad, 4}; }
  Place operator()(const PadTriggerEffects& effects) const {
    return {effects.pad, effects.which == 8 ? 6u : 5u};
  }
  template <class Other>
  Place operator()(const Other&) const {
    return {};
  }
};

std::vector<std::byte> wire(const HostControl& message) {
  ControlRoom room{};
  const Bytes payload = write_host_control(message, room).payload;
  return {payload.begin(), payload.end()};
}

}  // namespace

void PadFeedback::put(const HostControl& message) {
  const Place place = std::visit(FindPlace{}, message);
  if (place.pad >= kMaxPads) return;
  slots_[place.pad][place.kind].waiting = message;
}

std::optional<HostControl> PadFeedback::take(LocalTime now) {
  for (auto& pad : slots_) {
    for (Slot& slot : pad) {
      if (!slot.waiting || slot.due > now) continue;
      const HostControl message = *slot.waiting;
      slot.waiting.reset();
      auto bytes = wire(message);
      if (bytes == slot.said) continue;
      slot.said = std::move(bytes);
      slot.due = now + kSpacing;
      return message;
    }
  }
  return std::nullopt;
}

std::optional<LocalTime> PadFeedback::next_due() const noexcept {
  std::optional<LocalTime> next;
  for (const auto& pad : slots_) {
    for (const Slot& slot : pad) {
      if (slot.waiting) next = next ? std::min(*next, slot.due) : slot.due;
    }
  }
  return next;
}

}  // namespace pf::gamestream
