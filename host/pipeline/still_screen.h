// When a screen that stopped moving is sent once more, without being asked.
//
// A client notices that a picture is lost by the next one, and asks for help. After the last
// picture before a screen stands still there is no next one, so its loss would stay on the glass
// until something moves: at 5 % packet loss after one stop in twenty (sim/, 200 seeds). A repeat is
// a few packets; it shows the client the gap. Clients that take a stream without pictures for a
// dead one want repeats for ever. Pure; video thread only.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "core/base/time.h"

namespace pf::pipeline {

class StillScreen {
 public:
  // After the picture or the repeat before. The first comes soon; the second in case the first is
  // lost as well.
  static constexpr std::array<Nanos, 2> kRepeatAfter{milliseconds(100), milliseconds(400)};

  // `for_ever`: how often after that; 0: it is left alone.
  explicit StillScreen(Nanos for_ever = Nanos(0)) noexcept : for_ever_(for_ever) {}

  // A picture was encoded that is not a repeat of ours.
  void on_picture(LocalTime now) noexcept {
    last_at_ = now;
    repeats_ = 0;
  }
  void on_repeat(LocalTime now) noexcept {
    last_at_ = now;
    ++repeats_;
  }
  // The next repeat may be a better picture. Those for ever seldom are: at a low rate a sharp
  // picture takes seconds, and what nobody sees changing is to cost next to nothing.
  bool may_sharpen() const noexcept {
    return repeats_ < kRepeatAfter.size() || repeats_ % kSharpenEvery == 0;
  }
  bool has_picture() const noexcept { return last_at_.has_value(); }
  // Empty: the screen has been repeated enough, or nothing was shown yet.
  std::optional<LocalTime> repeat_due() const noexcept {
    if (!last_at_) return std::nullopt;
    if (repeats_ < kRepeatAfter.size()) return *last_at_ + kRepeatAfter[repeats_];
    if (for_ever_ == Nanos(0)) return std::nullopt;
    return *last_at_ + for_ever_;
  }

 private:
  static constexpr std::size_t kSharpenEvery = 4;

  Nanos for_ever_;
  std::optional<LocalTime> last_at_;
  std::size_t repeats_ = 0;
};

}  // namespace pf::pipeline
