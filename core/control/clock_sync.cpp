#include "core/control/clock_sync.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace pf::control {
namespace {

// Differences of 64-bit stamps need one more bit, their sums two.
__extension__ using Wide = __int128;

std::int64_t saturate(Wide value) noexcept {
  constexpr Wide kLow = std::numeric_limits<std::int64_t>::min();
  constexpr Wide kHigh = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, kLow, kHigh));
}

constexpr std::int64_t kTolerableRoundTripNs = 2'000'000;
constexpr std::int64_t kDriftPpm = 50;

std::uint64_t stamp(LocalTime now) noexcept { return static_cast<std::uint64_t>(now.ns()); }
std::uint64_t stamp(WireTime at) noexcept { return static_cast<std::uint64_t>(at.ns()); }

}  // namespace

ClockReading read_clock(const ClockStamps& stamps) noexcept {
  const Wide t1 = stamps.client_sent_ns, t2 = stamps.host_received_ns;
  const Wide t3 = stamps.host_sent_ns, t4 = stamps.client_received_ns;
  return {.round_trip_ns = saturate((t4 - t1) - (t3 - t2)),
          .offset_ns = saturate(((t2 - t1) + (t3 - t4)) / 2)};
}

WireTime ClockMap::to_wire(LocalTime at) const noexcept {
  return WireTime(Nanos(saturate(Wide{at.ns()} + reading_.offset_ns)));
}
LocalTime ClockMap::to_local(WireTime at) const noexcept {
  return LocalTime(Nanos(saturate(Wide{at.ns()} - reading_.offset_ns)));
}
Nanos ClockMap::error_bound(LocalTime now) const noexcept {
  return round_trip() / 2 + (now - read_at_) * kDriftPpm / 1'000'000;
}

void ClockSync::start(LocalTime now) { begin_batch(true, now); }

void ClockSync::begin_batch(bool initial, LocalTime now) {
  batch_ = Batch{.initial = initial};
  next_batch_at_.reset();
  next_probe_at_ = now;
}

bool ClockSync::probe_due(LocalTime now) const noexcept {
  return batch_ && batch_->sent < kRounds && next_probe_at_ && *next_probe_at_ <= now;
}

std::optional<message::ClockProbe> ClockSync::poll_probe(LocalTime now) {
  if (!probe_due(now)) return std::nullopt;
  const auto round = static_cast<std::size_t>(batch_->sent++);
  batch_->sent_ns[round] = stamp(now);
  batch_->open[round] = true;
  answer_by_ = now + kRoundTimeout;
  next_probe_at_.reset();  // the first batch waits for each answer
  if (!batch_->initial && batch_->sent < kRounds) next_probe_at_ = now + kBatchSpacing;
  return message::ClockProbe{.client_sent_ns = batch_->sent_ns[round]};
}

void ClockSync::on_echo(const message::ClockEcho& echo, LocalTime now) {
  if (!batch_) return;
  for (std::size_t round = 0; round < kRounds; ++round) {
    if (!batch_->open[round] || batch_->sent_ns[round] != echo.client_sent_ns) continue;
    batch_->open[round] = false;
    ++batch_->answered;
    const ClockReading reading = read_clock({.client_sent_ns = echo.client_sent_ns,
                                             .host_received_ns = stamp(echo.host_received),
                                             .host_sent_ns = stamp(echo.host_sent),
                                             .client_received_ns = stamp(now)});
    // A negative round trip is a clock that was set in between, or a lie.
    const bool sane = reading.round_trip_ns >= 0;
    if (sane && (!batch_->best || reading.round_trip_ns < batch_->best->round_trip_ns)) {
      batch_->best = reading;
    }
    if (batch_->answered == kRounds) return finish_batch(now);
    if (batch_->initial) next_probe_at_ = now;
    return;
  }
}

void ClockSync::handle_timeout(LocalTime now) {
  if (next_batch_at_ && *next_batch_at_ <= now) begin_batch(false, now);
  if (batch_ && answer_by_ && *answer_by_ <= now) finish_batch(now);
}

std::optional<LocalTime> ClockSync::next_timeout() const noexcept {
  std::optional<LocalTime> earliest = next_batch_at_;
  const auto consider = [&](const std::optional<LocalTime>& at) {
    if (at && (!earliest || *at < *earliest)) earliest = at;
  };
  if (batch_) {
    consider(next_probe_at_);
    consider(answer_by_);
  }
  return earliest;
}

void ClockSync::finish_batch(LocalTime now) {
  // Sync is abandoned when an answer stays away; the next batch tries again.
  const bool complete = batch_->answered == kRounds;
  const bool was_initial = batch_->initial;
  const auto best = batch_->best;
  batch_.reset();
  answer_by_.reset();
  next_probe_at_.reset();
  next_batch_at_ = now + kResyncInterval;
  if (!complete || !best) return;
  if (was_initial) return publish(*best, now);
  judge(*best, now);
}

void ClockSync::judge(const ClockReading& reading, LocalTime now) {
  const std::int64_t best = best_round_trip_ns_.value_or(reading.round_trip_ns);
  const std::int64_t tolerable = std::max(kTolerableRoundTripNs, best + best / 2);
  if (reading.round_trip_ns <= tolerable) return publish(reading, now);
  if (!best_rejected_ || reading.round_trip_ns < best_rejected_->round_trip_ns) {
    best_rejected_ = reading;
  }
  if (++rejected_batches_ >= kMaxRejectedBatches) publish(*best_rejected_, now);
}

void ClockSync::publish(const ClockReading& reading, LocalTime now) {
  best_round_trip_ns_ =
      std::min(best_round_trip_ns_.value_or(reading.round_trip_ns), reading.round_trip_ns);
  best_rejected_.reset();
  rejected_batches_ = 0;
  map_ = ClockMap(reading, now);
}

std::optional<ClockMap> ClockSync::poll_map() { return std::exchange(map_, std::nullopt); }

}  // namespace pf::control
