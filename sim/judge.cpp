#include "sim/judge.h"

#include <algorithm>

#include "core/base/check.h"

namespace pf::sim {
namespace {

constexpr double kLeastStep = 0.1;
constexpr Nanos kSteady = seconds(1);
constexpr std::size_t kSteadySlices = kSteady / kSlice;

// The value that so many of a hundred do not exceed; nothing: zero.
Nanos percentile(std::vector<Nanos>& values, std::size_t percent) {
  if (values.empty()) return Nanos(0);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) * percent / 100);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::uint32_t to_kbps(std::uint64_t bytes, Nanos span) {
  return static_cast<std::uint32_t>(bytes * 8 * 1'000'000 /
                                    static_cast<std::uint64_t>(span.count()));
}

// A slice's share of the notes taken at the bottleneck.
void add_samples(CoursePoint& point, std::span<const QueueSample> samples) {
  std::vector<Nanos> delays;
  std::uint64_t sent_bytes = 0, dropped_bytes = 0;
  for (const QueueSample& sample : samples) {
    sent_bytes += sample.bytes;
    if (sample.dropped) {
      dropped_bytes += sample.bytes;
    } else {
      delays.push_back(sample.delay);
    }
  }
  point.sent_kbps = to_kbps(sent_bytes, kSlice);
  point.dropped_kbps = to_kbps(dropped_bytes, kSlice);
  point.queue = percentile(delays, 95);
}

bool is_step(std::uint32_t before_kbps, std::uint32_t after_kbps) {
  const double change = static_cast<double>(after_kbps) - before_kbps;
  return std::abs(change) >= kLeastStep * before_kbps;
}

std::vector<StepVerdict> find_steps(std::span<const CoursePoint> course) {
  std::vector<StepVerdict> steps;
  std::uint32_t last_kbps = 0;
  for (const CoursePoint& point : course) {
    const bool started = point.sent_kbps > 0;
    if (steps.empty() ? !started : !is_step(last_kbps, point.step_kbps)) continue;
    steps.push_back({.at = point.at, .from_kbps = last_kbps, .to_kbps = point.step_kbps});
    last_kbps = point.step_kbps;
  }
  return steps;
}

bool steady(std::span<const CoursePoint> slices, std::uint32_t within_kbps) {
  std::uint64_t target_sum_kbps = 0;
  std::size_t long_queues = 0;
  for (const CoursePoint& slice : slices) {
    target_sum_kbps += slice.target_kbps;
    if (slice.queue > kMostQueue) ++long_queues;
  }
  const double share = static_cast<double>(target_sum_kbps) / static_cast<double>(slices.size()) /
                       static_cast<double>(std::max(within_kbps, 1u));
  return share >= kLeastShare && share <= kMostShare && long_queues * 10 <= slices.size();
}

// `slices` from the step to the next one.
std::optional<Nanos> settled_after(std::span<const CoursePoint> slices, std::uint32_t within_kbps) {
  for (std::size_t first = 0; first < slices.size(); ++first) {
    const auto rest = slices.subspan(first);
    if (first > 0 && rest.size() < kSteadySlices) break;
    if (steady(rest.first(std::min(rest.size(), kSteadySlices)), within_kbps))
      return rest.front().at - slices.front().at;
  }
  return std::nullopt;
}

std::size_t slice_of(Nanos at) { return static_cast<std::size_t>(at / kSlice); }

void judge_steps(Verdict& verdict) {
  verdict.steps = find_steps(verdict.course);
  const std::span<const CoursePoint> course = verdict.course;
  for (std::size_t i = 0; i < verdict.steps.size(); ++i) {
    StepVerdict& step = verdict.steps[i];
    const bool last = i + 1 == verdict.steps.size();
    const std::size_t begin = slice_of(step.at);
    const std::size_t end = last ? course.size() : slice_of(verdict.steps[i + 1].at);
    step.settled_after = settled_after(course.subspan(begin, end - begin),
                                       std::min(step.to_kbps, verdict.most_kbps));
  }
}

// By slice: whether it lies outside the time that steps excuse.
std::vector<bool> judged_slices(const Verdict& verdict) {
  std::vector<bool> judged(verdict.course.size(), !verdict.steps.empty());
  std::size_t excused_until = verdict.steps.empty() ? 0 : slice_of(verdict.steps.front().at);
  std::fill_n(judged.begin(), excused_until, false);
  for (const StepVerdict& step : verdict.steps) {
    const std::size_t begin = slice_of(step.at);
    const std::size_t end = std::min(judged.size(), begin + slice_of(kSettleTime));
    for (std::size_t i = begin; i < end; ++i) judged[i] = false;
  }
  return judged;
}

void judge_queue(Verdict& verdict, std::span<const QueueSample> samples) {
  const std::vector<bool> judged = judged_slices(verdict);
  std::vector<Nanos> delays;
  for (const QueueSample& sample : samples) {
    verdict.queue_worst = std::max(verdict.queue_worst, sample.delay);
    const std::size_t slice = slice_of(sample.at - kWorldStart);
    if (!sample.dropped && slice < judged.size() && judged[slice]) delays.push_back(sample.delay);
  }
  verdict.queue_p50 = percentile(delays, 50);
  verdict.queue_p95 = percentile(delays, 95);
  verdict.queue_p99 = percentile(delays, 99);

  double passed = 0, possible = 0;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (!judged[i]) continue;
    const CoursePoint& point = verdict.course[i];
    passed += point.sent_kbps - point.dropped_kbps;
    possible += std::min(point.available_kbps, verdict.most_kbps);
  }
  verdict.utilisation = possible > 0 ? passed / possible : 0;
}

void count(Verdict& verdict, const World& world) {
  const Checkers& seen = world.checkers();
  const Link& link = world.media_to_client();
  verdict.packets_lost =
      link.sent() > 0 ? static_cast<double>(link.lost()) / static_cast<double>(link.sent()) : 0;
  verdict.frames_sent = seen.frames_sent();
  verdict.frames_shown = seen.frames_shown();
  verdict.keyframes = world.host().keyframes();
  verdict.frozen = seen.frozen();
  verdict.longest_freeze = seen.longest_freeze();
}

}  // namespace

Nanos Verdict::slowest_settling() const noexcept {
  Nanos slowest{0};
  for (const StepVerdict& step : steps)
    slowest = std::max(slowest, step.settled_after.value_or(Nanos::max()));
  return slowest;
}

bool Verdict::settled_in_time() const noexcept {
  return !steps.empty() && std::all_of(steps.begin(), steps.end(), [](const StepVerdict& step) {
    return step.settled_in_time();
  });
}

Verdict judge(const LinkModel& link, std::uint64_t seed, Nanos length,
              std::optional<std::uint32_t> bitrate_kbps) {
  const Scenario scenario = scenario_on(link, seed, bitrate_kbps);
  World world(scenario);
  std::vector<QueueSample> samples;
  world.media_to_client().note_queue(samples);
  BottleneckQueue* const bottleneck = world.media_to_client().bottleneck();
  PF_CHECK(bottleneck);  // every model has one

  Verdict verdict{
      .link = &link, .most_kbps = scenario.bitrate_kbps, .seed = seed, .length = length};
  for (Nanos at{0}; at < length; at += kSlice) {
    CoursePoint point{.at = at,
                      .available_kbps = bottleneck->available_kbps(kWorldStart + at),
                      .step_kbps = bottleneck->available_step_kbps(kWorldStart + at)};
    const std::size_t before = samples.size();
    world.run_for(kSlice);
    point.target_kbps = world.host().bitrate_kbps();
    add_samples(point, std::span<const QueueSample>(samples).subspan(before));
    verdict.course.push_back(point);
  }
  judge_steps(verdict);
  judge_queue(verdict, samples);
  verdict.violations = world.finish();
  count(verdict, world);
  return verdict;
}

}  // namespace pf::sim
