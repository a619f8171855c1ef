#include "core/control/clock_sync.h"

#include <algorithm>
#include <utility>

namespace pf::control {
namespace {

constexpr std::int64_t kTolerableRoundTripNs = 2'000'000;

std::uint64_t stamp(LocalTime now) noexcept { return static_cast<std::uint64_t>(now.ns()); }
std::uint64_t stamp(WireTime at) noexcept { return static_cast<std::uint64_t>(at.ns()); }

}  // namespace

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
    if (sane && (!batch_->best || reading.round_trip_ns < batch_->best->reading.round_trip_ns)) {
      batch_->best = TimedReading{reading, now - Nanos(reading.round_trip_ns) / 2};
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
  if (complete && best) {
    if (was_initial) {
      publish(*best);
    } else {
      judge(*best);
    }
  }
  next_batch_at_ = now + until_resync();
}

void ClockSync::judge(const TimedReading& read) {
  const std::int64_t round_trip_ns = read.reading.round_trip_ns;
  const std::int64_t best = best_round_trip_ns_.value_or(round_trip_ns);
  const std::int64_t tolerable = std::max(kTolerableRoundTripNs, best + best / 2);
  if (round_trip_ns <= tolerable) return publish(read);
  if (!best_rejected_ || round_trip_ns < best_rejected_->reading.round_trip_ns) {
    best_rejected_ = read;
  }
  if (++rejected_batches_ >= kMaxRejectedBatches) publish(*best_rejected_);
}

void ClockSync::publish(const TimedReading& read) {
  const std::int64_t round_trip_ns = read.reading.round_trip_ns;
  best_round_trip_ns_ = std::min(best_round_trip_ns_.value_or(round_trip_ns), round_trip_ns);
  best_rejected_.reset();
  rejected_batches_ = 0;
  drift_.on_reading(read);
  map_ = believed_ = ClockMap(read, drift_.slope());
}

Nanos ClockSync::until_resync() const noexcept {
  if (!believed_) return kResyncInterval;
  const Nanos budget = std::max(kDriftBudget, believed_->round_trip() / 2);
  return std::clamp(believed_->drifts_within(budget), kSoonestResync, kResyncInterval);
}

std::optional<ClockMap> ClockSync::poll_map() { return std::exchange(map_, std::nullopt); }

}  // namespace pf::control
