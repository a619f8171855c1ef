// Whether a decoded picture may be shown after a loss, for a program that decodes by itself and
// sees all that arrives: it holds the last good picture until the stream is sound again, and says
// when to ask for a key frame. Unlike Recovery, whose rules it takes, it knows nothing of what was
// asked for, and never gives up holding: a decoder without its references shows rubbish. Pure.
// Source: docs/protocol/punktfunk1.md section 12.3, docs/protocol/c_abi.md section 9.
#pragma once

#include <cstdint>
#include <optional>

#include "core/control/recovery.h"

namespace pf::control {

class ReanchorGate {
 public:
  static constexpr int kSilentUnits = 3;  // without a picture, in a row: the decoder needs help

  // `frames_dropped` as it stands, here and in poll(): a counter that only grows.
  explicit ReanchorGate(std::uint64_t frames_dropped) noexcept : frames_dropped_(frames_dropped) {}

  // A loss is known. `expected_drops`: by so many the counter will grow for this very loss.
  void arm(std::uint32_t expected_drops, LocalTime now) noexcept;

  // A picture came out of the decoder: may it be shown?
  bool on_decoded(const FrameArrived& frame, LocalTime now) noexcept;
  // None came out; true: ask for a key frame. Likewise poll(), to be called now and then.
  bool on_no_output(LocalTime now) noexcept;
  bool poll(std::uint64_t frames_dropped, LocalTime now) noexcept;

  bool holding() const noexcept { return recovery_.recovering(); }

 private:
  Recovery recovery_;  // from the newest loss on; nobody carries out its requests
  LocalTime deadline_;
  int silent_units_ = 0;
  std::uint64_t frames_dropped_;
  std::uint64_t expected_drops_ = 0;
};

}  // namespace pf::control
