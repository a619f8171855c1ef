#include "host/recorder/hitch_finder.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

namespace pf::recorder {
namespace {

constexpr Nanos kNone{0};

Nanos& of(StageShares& shares, Stage stage) noexcept {
  return shares[static_cast<std::size_t>(stage)];
}

// What a client lets us know of.
enum class Tells : std::uint8_t { nothing, decoding, presenting };

Tells told_by(std::span<const TimelineRow> rows) noexcept {
  Tells tells = Tells::nothing;
  for (const TimelineRow& row : rows) {
    if (row.presented != LocalTime{}) return Tells::presenting;
    if (row.fate == Fate::shown || row.fate == Fate::undecoded) tells = Tells::decoding;
  }
  return tells;
}

// The viewer saw it, as far as anybody knows.
bool seen(const TimelineRow& row, Tells tells) noexcept {
  switch (tells) {
    case Tells::nothing:
      return row.fate == Fate::sent;
    case Tells::decoding:
      return row.fate == Fate::shown;
    case Tells::presenting:
      return row.fate == Fate::shown && row.presented != LocalTime{};
  }
  return false;
}

// The instants of a picture from where it began to where the host's and the client's knowledge
// ends. Both pictures of an interval must know an instant, or it is passed over: its time then
// belongs to the next stage that is known.
struct Step {
  Stage stage;  // that ends with it
  LocalTime TimelineRow::*at;
};
constexpr std::array<Step, 7> kSteps{{{Stage::compositor, &TimelineRow::captured},
                                      {Stage::capture, &TimelineRow::delivered},
                                      {Stage::encoder, &TimelineRow::encoded},
                                      {Stage::send, &TimelineRow::last_sent},
                                      {Stage::network, &TimelineRow::received},
                                      {Stage::decode, &TimelineRow::decoded},
                                      {Stage::present, &TimelineRow::presented}}};

// Two pictures, and what is known of both.
class Interval {
 public:
  Interval(const TimelineRow& before, const TimelineRow& now) noexcept
      : before_(before), now_(now) {
    const bool both_drawn = before.drawn != LocalTime{} && now.drawn != LocalTime{};
    began_ = both_drawn ? &TimelineRow::drawn : &TimelineRow::captured;
    end_ = began_;
    for (const Step& step : kSteps)
      if (known(step.at)) end_ = step.at;
  }

  Nanos length() const noexcept { return now_.*end_ - before_.*end_; }
  LocalTime end() const noexcept { return now_.*end_; }
  LocalTime TimelineRow::*began() const noexcept { return began_; }

  // By how much longer each stage took than for the picture before.
  StageShares growth() const noexcept {
    StageShares shares{};
    LocalTime TimelineRow::*from = began_;
    for (const Step& step : kSteps) {
      if (step.at == began_ || !known(step.at)) continue;
      of(shares, step.stage) = (now_.*step.at - now_.*from) - (before_.*step.at - before_.*from);
      from = step.at;
    }
    return shares;
  }

 private:
  bool known(LocalTime TimelineRow::*at) const noexcept {
    return before_.*at != LocalTime{} && now_.*at != LocalTime{};
  }

  const TimelineRow& before_;
  const TimelineRow& now_;
  LocalTime TimelineRow::*began_;
  LocalTime TimelineRow::*end_;
};

// Who lost the pictures between two that were seen. What the client could not decode after a loss
// is the loss's fault.
Stage blame(std::span<const TimelineRow> between) noexcept {
  const auto any = [&](Fate fate) {
    return std::any_of(between.begin(), between.end(),
                       [&](const TimelineRow& row) { return row.fate == fate; });
  };
  if (any(Fate::unsent)) return Stage::send;
  if (any(Fate::lost) || any(Fate::sent)) return Stage::network;
  return any(Fate::undecoded) ? Stage::decode : Stage::present;
}

// `rows` begins with the picture seen before and ends with the one seen now.
StageShares shares_of(std::span<const TimelineRow> rows, const Interval& interval, Nanos cadence) {
  const TimelineRow& before = rows.front();
  const TimelineRow& now = rows.back();
  const TimelineRow& previous = rows[rows.size() - 2];  // made just before, seen or not
  LocalTime TimelineRow::*began = interval.began();
  if (previous.*began == LocalTime{}) began = &TimelineRow::captured;

  StageShares shares = interval.growth();
  if (rows.size() > 2)
    of(shares, blame(rows.subspan(1, rows.size() - 2))) +=
        previous.*began - before.*interval.began();
  const Nanos pause = now.*interval.began() - previous.*began - cadence;
  if (now.reopened < kStageCount) {
    shares[now.reopened] += pause;
  } else {
    const Nanos late =
        std::clamp<Nanos>(microseconds(now.compositor_late_us), kNone, std::max(pause, kNone));
    of(shares, Stage::compositor) += late;
    of(shares, Stage::game) += pause - late;
  }
  return shares;
}

// The cadence of the pictures before, as the viewer saw them.
class Cadence {
 public:
  void add(Nanos interval) {
    if (interval > HitchFinder::kStandsStill) return;
    recent_.push_back(interval);
    if (recent_.size() > HitchFinder::kWindow) recent_.pop_front();
  }
  std::optional<Nanos> median() const {
    if (recent_.size() < HitchFinder::kLeastKnown) return std::nullopt;
    std::vector<Nanos> sorted(recent_.begin(), recent_.end());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
  }
  bool steady(Nanos median) const {
    const auto close = std::count_if(recent_.begin(), recent_.end(), [&](Nanos interval) {
      return interval >= median / 2 && interval <= median + median / 2;
    });
    return static_cast<std::size_t>(close) * 10 >= recent_.size() * HitchFinder::kSteadyTenths;
  }

 private:
  std::deque<Nanos> recent_;
};

Nanos least_excess(Nanos cadence) {
  const double periods = HitchFinder::kLeastExcessPeriods * static_cast<double>(cadence.count());
  return std::max(HitchFinder::kLeastExcess, Nanos(static_cast<std::int64_t>(periods)));
}

std::optional<Hitch> judge(std::span<const TimelineRow> rows, const Interval& interval,
                           const Cadence& cadence) {
  const auto usual = cadence.median();
  if (!usual) return std::nullopt;
  Nanos excess = interval.length() - *usual;
  if (excess < least_excess(*usual)) return std::nullopt;
  StageShares shares = shares_of(rows, interval, *usual);
  Nanos& game = of(shares, Stage::game);
  if (game > HitchFinder::kStandsStill || !cadence.steady(*usual)) {
    excess -= std::exchange(game, std::min(game, kNone));
    if (excess < least_excess(*usual)) return std::nullopt;
  }
  const auto largest = std::max_element(shares.begin(), shares.end());
  return Hitch{.frame = rows.back().id,
               .at = interval.end(),
               .interval = interval.length(),
               .cadence = *usual,
               .cause = static_cast<Stage>(largest - shares.begin()),
               .shares = shares};
}

// A still screen is sent again now and then; who has seen it sees nothing new.
std::vector<TimelineRow> with_something_new(std::span<const TimelineRow> rows, Tells tells) {
  std::vector<TimelineRow> kept;
  kept.reserve(rows.size());
  bool was_seen = false;  // what a repeat repeats
  for (const TimelineRow& row : rows) {
    if (row.repeat && was_seen) continue;
    was_seen = seen(row, tells);
    kept.push_back(row);
  }
  return kept;
}

}  // namespace

std::vector<Hitch> HitchFinder::find(std::span<const TimelineRow> all) {
  const Tells tells = told_by(all);
  const std::vector<TimelineRow> kept = with_something_new(all, tells);
  const std::span<const TimelineRow> rows(kept);
  std::vector<Hitch> hitches;
  Cadence cadence;
  std::optional<std::size_t> before;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!seen(rows[i], tells)) continue;
    if (before) {
      const Interval interval(rows[*before], rows[i]);
      const auto between = rows.subspan(*before, i - *before + 1);
      if (auto hitch = judge(between, interval, cadence)) hitches.push_back(*hitch);
      cadence.add(interval.length());
    }
    before = i;
  }
  return hitches;
}

const char* name_of(Stage stage) noexcept {
  constexpr std::array<const char*, kStageCount> kNames{"game", "compositor", "capture", "encoder",
                                                        "send", "network",    "decode",  "present"};
  return kNames[static_cast<std::size_t>(stage)];
}

}  // namespace pf::recorder
