#include "core/control/rate_delay.h"

#include <algorithm>

namespace pf::control {
namespace {

// From the capture to the first packet handed to the socket. Of slices the first is out soon after
// the encoder began; how soon is part of the way then, and about the same each time.
Nanos until_sent(const message::HostTiming& timing, bool from_slices) noexcept {
  if (!timing.stages) return microseconds(timing.host_us);
  const Nanos queued = microseconds(timing.stages->queue_us);
  return from_slices ? queued : queued + microseconds(timing.stages->encode_us);
}

// On two clocks, the second of which may say anything: bounded so that differences of two fit.
Nanos way(WireTime pts, LocalTime received) noexcept {
  const auto ns = static_cast<std::int64_t>(static_cast<std::uint64_t>(received.ns()) -
                                            static_cast<std::uint64_t>(pts.ns()));
  constexpr std::int64_t kMost = std::int64_t{1} << 61;
  return Nanos(std::clamp(ns, -kMost, kMost));
}

}  // namespace

void PathDelay::on_frame(const Frame& frame, LocalTime now) noexcept {
  Match& match = match_for(frame.pts);
  match.frame = frame;
  take(match, now);
}

void PathDelay::on_host_timing(const message::HostTiming& timing, LocalTime now) noexcept {
  host_tells_ = true;
  Match& match = match_for(timing.pts);
  match.timing = timing;
  take(match, now);
}

PathDelay::Match& PathDelay::match_for(WireTime pts) noexcept {
  for (Match& match : matches_) {
    const bool used = match.frame || match.timing;
    if (used && match.pts == pts) return match;
  }
  Match& match = matches_[next_match_];
  next_match_ = (next_match_ + 1) % kMatches;
  match = {.pts = pts, .frame = {}, .timing = {}};
  return match;
}

void PathDelay::take(Match& match, LocalTime now) noexcept {
  if (!match.frame || (host_tells_ && !match.timing)) return;
  const Nanos in_host =
      match.timing ? until_sent(*match.timing, match.frame->from_slices) : Nanos(0);
  const Nanos delay = way(match.pts, match.frame->first_received) - in_host;
  take_delay(delay, now);
  ++seen_;
  // A standing queue makes every frame late, and is told by itself.
  if (standing() <= kStanding)
    crossings_[crossed_++ % kCrossings] = delay - least() + match.frame->spread;
  match = {};
}

void PathDelay::take_delay(Nanos delay, LocalTime now) noexcept {
  if (!half_began_ || now - *half_began_ >= kMemory / 2) {
    half_began_ = now;
    least_before_ = least_;
    least_.reset();
  }
  least_ = std::min(least_.value_or(delay), delay);
  recent_[seen_ % kRecent] = delay;
}

std::optional<Nanos> PathDelay::quickest_recent() const noexcept {
  if (seen_ == 0) return std::nullopt;
  return *std::min_element(recent_.begin(), recent_.begin() + std::min(seen_, kRecent));
}

Nanos PathDelay::standing() const noexcept {
  const std::optional<Nanos> recent = quickest_recent();
  return recent ? *recent - least() : Nanos(0);
}

double PathDelay::late(Nanos limit) const noexcept {
  const std::size_t known = std::min(crossed_, kCrossings);
  if (known == 0) return 0;
  const auto late = std::count_if(crossings_.begin(), crossings_.begin() + known,
                                  [&](Nanos crossing) { return crossing > limit; });
  return static_cast<double>(late) / static_cast<double>(known);
}

// After the first delay only.
Nanos PathDelay::least() const noexcept {
  return std::min(*least_, least_before_.value_or(*least_));
}

void PathDelay::rebase() noexcept {
  least_ = quickest_recent();
  least_before_.reset();
}

}  // namespace pf::control
