// The instants at which a picture of a given rate is due, without drift.
#pragma once

#include <cstdint>

#include "core/base/display_mode.h"

namespace pf::capture::synthetic {

class FrameGrid {
 public:
  FrameGrid(LocalTime start, RefreshRate rate) noexcept : start_(start), rate_(rate) {}

  // Computed from the start each time and rounded down once, so that 59.94 Hz stays 59.94 Hz for
  // ever.
  LocalTime at(std::uint64_t tick) const noexcept {
    const std::uint64_t ticks = tick * rate_.denominator;
    const std::uint64_t whole = ticks / rate_.numerator, rest = ticks % rate_.numerator;
    return start_ + seconds(whole) + Nanos(rest * 1'000'000'000u / rate_.numerator);
  }
  // The newest tick that is due at `now`; not before `start`.
  std::uint64_t tick_at(LocalTime now) const noexcept {
    const auto elapsed = static_cast<std::uint64_t>((now - start_).count());
    const std::uint64_t whole = elapsed / 1'000'000'000u, rest = elapsed % 1'000'000'000u;
    const std::uint64_t guess = whole * rate_.numerator / rate_.denominator +
                                rest * rate_.numerator / rate_.denominator / 1'000'000'000u;
    // Both divisions round down, and so does at().
    return at(guess + 1) <= now ? guess + 1 : guess;
  }

 private:
  LocalTime start_;
  RefreshRate rate_;
};

}  // namespace pf::capture::synthetic
