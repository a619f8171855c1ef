// Names the one cause of each visible hitch.
//
// A hitch is an interval between two pictures that followed each other before the viewer's eyes and
// that is far above the cadence of those before. What it has too much is a sum: by how much later
// than usual the program drew, and by how much longer than for the picture before each stage took.
// The sum is exact, so the largest term is the cause, and there is always exactly one. The rules,
// with a picture: docs/recorder.md.
//
// Pure: the same rows give the same hitches, at whatever time and however often they are asked for.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "host/recorder/timeline.h"

namespace pf::recorder {

// By how much each stage made an interval longer; all together they are its excess.
using StageShares = std::array<Nanos, kStageCount>;

struct Hitch {
  FrameId frame{};   // that came late
  LocalTime at;      // when it came at last, at the furthest stage that is known
  Nanos interval{};  // since the picture before
  Nanos cadence{};   // what the interval should have been
  Stage cause{};
  StageShares shares{};
  bool operator==(const Hitch&) const = default;
};

class HitchFinder {
 public:
  // Less is hardly seen: at 60 Hz it takes two missing pictures, at 240 Hz five.
  static constexpr Nanos kLeastExcess = milliseconds(20);
  static constexpr double kLeastExcessPeriods = 1.5;
  // The cadence is the median of so many intervals, and not known before so many.
  static constexpr std::size_t kWindow = 31;
  static constexpr std::size_t kLeastKnown = 8;
  // A program that draws nothing for longer is not late: the screen stands still.
  static constexpr Nanos kStandsStill = seconds(2);
  // One that draws now and then is not late either: so many of ten intervals must be within a half
  // of the median, else a program's pauses say nothing.
  static constexpr std::size_t kSteadyTenths = 7;

  // Rows in the order of their numbers, as join() gives them.
  std::vector<Hitch> find(std::span<const TimelineRow> all);
};

const char* name_of(Stage stage) noexcept;

}  // namespace pf::recorder
