// The host's ear for one client: which of its input events go on.
//
// A client may be anybody who was let in, so: what means nothing goes, what its device may not do
// goes, what is older than what came already goes, and nobody gets more than a hand could do.
// Everything that goes is counted. Pure, a part of control::HostSession. Source:
// docs/protocol/punktfunk1.md sections 9.1, 16.3.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/input/sound_event.h"
#include "core/message/input_event.h"
#include "core/message/media.h"

namespace pf::input {

struct InputCounts {
  std::uint64_t passed = 0;
  std::uint64_t meaningless = 0;  // no such key, an empty surface, …
  std::uint64_t not_granted = 0;
  std::uint64_t stale = 0;     // gamepad states out of order
  std::uint64_t too_many = 0;  // beyond kMaxPerSecond
  bool operator==(const InputCounts&) const = default;
};

// Whether `newer` comes after `last` in a counter that wraps: less than half of it ahead.
constexpr bool is_newer(std::uint8_t last, std::uint8_t newer) noexcept {
  return static_cast<std::int8_t>(static_cast<std::uint8_t>(newer - last)) > 0;
}

constexpr message::Grant grant_for(Device device) noexcept {
  switch (device) {
    case Device::keyboard:
      return message::Grant::keyboard;
    case Device::pointer:
      return message::Grant::pointer;
    case Device::gamepad:
      break;
  }
  return message::Grant::gamepad;
}

class InputGate {
 public:
  // Twice the fastest mice that are sold (8 kHz), with a keyboard and a few gamepads beside.
  static constexpr std::uint32_t kMaxPerSecond = 20'000;
  // At once: what gathers while a radio link is away for a fifth of a second.
  static constexpr std::uint32_t kMaxBurst = 4'000;
  // A client that streams reports its losses every 750 ms. Who has missed three reports is gone, or
  // as good as: nothing that he pressed stays down meanwhile.
  static constexpr Nanos kSilence = milliseconds(2'500);
  // Without any input for so long, whatever is down is down because its release was lost (clients
  // that do not repeat it). Long, since games are played with a key held for minutes.
  static constexpr Nanos kUnattended = std::chrono::minutes(10);

  // The event as it is to be carried out; nullopt: not at all.
  std::optional<message::InputEvent> admit(const message::InputEvent& event,
                                           const message::Grants& grants, LocalTime now);
  // Anything at all has come from this client.
  void on_heard(LocalTime now) noexcept { heard_at_ = now; }

  // When everything is to be let go for want of a word; empty: nothing can be down.
  std::optional<LocalTime> release_due() const noexcept;
  // Events were refused that may have been releases: let go of everything. True once.
  bool take_overrun() noexcept;
  void on_released() noexcept { pressed_ = false; }

  const InputCounts& counts() const noexcept { return counts_; }

 private:
  bool in_order(const message::InputEvent& event) noexcept;
  bool take_credit(LocalTime now) noexcept;

  InputCounts counts_;
  LocalTime heard_at_, input_at_;
  bool pressed_ = false;  // something was, since all was released
  bool overrun_ = false;
  double credit_ = kMaxBurst;
  LocalTime credited_at_;
  std::array<std::optional<std::uint8_t>, kMaxPads> pad_sequence_;
};

}  // namespace pf::input
