// What waits on the way, from round trips: the least of the last ones against the least of the last
// seconds. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "core/base/time.h"

namespace pf::gamestream {

class PathRoundTrips {
 public:
  // The quickest of so long ago is still believed, and no longer than twice that.
  static constexpr Nanos kMemory = seconds(15);
  // One may be held up by a hiccup; of so many in a row one is not.
  static constexpr std::size_t kRecent = 3;

  void on_round_trip(Nanos time, LocalTime now) noexcept {
    if (!half_began_ || now >= *half_began_ + kMemory) {
      least_before_ = least_;
      least_.reset();
      half_began_ = now;
    }
    least_ = std::min(time, least_.value_or(time));
    recent_[seen_++ % kRecent] = time;
  }

  // 0 until enough is known.
  Nanos standing() const noexcept {
    if (seen_ < kRecent) return Nanos(0);
    return *std::min_element(recent_.begin(), recent_.end()) - least();
  }
  Nanos least() const noexcept {
    if (!least_) return Nanos(0);
    return std::min(*least_, least_before_.value_or(*least_));
  }
  Nanos newest() const noexcept { return seen_ == 0 ? Nanos(0) : recent_[(seen_ - 1) % kRecent]; }

 private:
  std::array<Nanos, kRecent> recent_{};
  std::size_t seen_ = 0;
  std::optional<Nanos> least_, least_before_;
  std::optional<LocalTime> half_began_;
};

}  // namespace pf::gamestream
