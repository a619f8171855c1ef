#include "host/audio/mic_ring.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pf::audio {
namespace {

// Longer ago than anything: but far from where differences overflow.
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min() / 4;

// Through b (at 0) and c (at 1), with the slopes that their neighbours give (Catmull-Rom).
float hermite(const float* around, float t) noexcept {
  const float a = around[0], b = around[1], c = around[2], d = around[3];
  const float slope_b = 0.5F * (c - a), slope_c = 0.5F * (d - b);
  const float quadratic = 3 * (c - b) - 2 * slope_b - slope_c;
  const float cubic = 2 * (b - c) + slope_b + slope_c;
  return ((cubic * t + quadratic) * t + slope_b) * t + b;
}

}  // namespace

// A little more than kMaxWishFrames, the excess and the longest packet.
MicRing::MicRing() : ring_(1, 32'768), pushed_at_ns_(kNever), pulled_at_ns_(kNever) {}

void MicRing::push(std::span<const float> samples, LocalTime now) noexcept {
  packet_frames_.store(static_cast<std::uint32_t>(samples.size()), std::memory_order_relaxed);
  ring_.push(samples);
  pushed_at_ns_.store(now.ns(), std::memory_order_release);
}

void MicRing::discard() noexcept { discard_.store(true, std::memory_order_release); }

bool MicRing::is_detached(LocalTime now) const noexcept {
  return now.ns() - pulled_at_ns_.load(std::memory_order_acquire) > kDetached.count();
}
bool MicRing::heard(LocalTime now) const noexcept { return !is_detached(now); }

MicRingCounts MicRing::counts() const noexcept {
  return {.dry_spells = dry_spells_.load(std::memory_order_relaxed),
          .cut_frames = cut_frames_.load(std::memory_order_relaxed),
          .dropped_frames = ring_.dropped_frames()};
}

void MicRing::pull(std::span<float> out, LocalTime now) noexcept {
  if (out.empty()) return;
  const bool detached = is_detached(now);
  pulled_at_ns_.store(now.ns(), std::memory_order_release);
  plan(out.size());
  if (discard_.exchange(false, std::memory_order_acq_rel)) {
    ring_.discard();
    begin_anew(now);
  } else if (detached) {
    fade_left_ = 0;
    dry_since_.reset();
    begin_anew(now);
  }
  if (playing_ || primed(now)) {
    play(out, now);
  } else {
    fade_out(out);
  }
}

// The newest only, and only if it is new at all.
void MicRing::begin_anew(LocalTime now) noexcept {
  const bool fresh = now.ns() - pushed_at_ns_.load(std::memory_order_acquire) <= kMaxAge.count();
  ring_.discard(fresh ? static_cast<std::uint32_t>(wish_frames_) : 0);
  playing_ = false;
  input_frames_ = 0;
}

void MicRing::plan(std::size_t quantum) noexcept {
  // A step less after every ten seconds of calm, down to the first.
  calm_frames_ += quantum;
  if (calm_frames_ > 10 * kRateHz) {
    calm_frames_ = 0;
    slack_frames_ = std::max(slack_frames_, 2 * kSlackStepFrames) - kSlackStepFrames;
  }
  const std::size_t packet = packet_frames_.load(std::memory_order_relaxed);
  wish_frames_ =
      std::min(std::max(3 * quantum, packet + 2 * quantum) + slack_frames_, kMaxWishFrames);
}

bool MicRing::primed(LocalTime now) noexcept {
  const std::size_t waiting = ring_.size_frames();
  if (waiting < std::max(wish_frames_, kTaps)) {
    // The end of a sentence, not the beginning of the next one.
    if (now.ns() - pushed_at_ns_.load(std::memory_order_acquire) > kDetached.count())
      ring_.discard();
    return false;
  }
  if (dry_since_ && now - *dry_since_ < kLate) {
    dry_spells_.fetch_add(1, std::memory_order_relaxed);
    calm_frames_ = 0;
    slack_frames_ = std::min(slack_frames_ + kSlackStepFrames, kMaxSlackFrames);
  }
  dry_since_.reset();
  // Where it begins nobody misses what came before.
  if (waiting > wish_frames_ + packet_frames_.load(std::memory_order_relaxed)) {
    ring_.discard(static_cast<std::uint32_t>(wish_frames_));
    cut_frames_.fetch_add(waiting - wish_frames_, std::memory_order_relaxed);
  }
  playing_ = fade_in_ = true;
  input_frames_ = 0;
  position_ = 0;
  step_ = 1;
  level_ = static_cast<double>(wish_frames_);
  return true;
}

void MicRing::play(std::span<float> out, LocalTime now) noexcept {
  correct(out.size());
  const std::size_t made = resample(out);
  if (fade_in_) {
    fade_in_ = false;
    const std::size_t length = std::min(kFadeFrames, out.size());
    for (std::size_t i = 0; i < length; ++i)
      out[i] *= static_cast<float>(i) / static_cast<float>(length);
  }
  if (made > 0) last_ = out[made - 1];
  fade_left_ = kFadeFrames;
  if (made == out.size()) {
    cut(out);
  } else {
    fade_out(out.subspan(made));
    run_dry(now);
  }
}

// A packet more or less than wished is the sawtooth of arrivals and no drift.
void MicRing::correct(std::size_t quantum) noexcept {
  const auto waiting = static_cast<double>(ring_.size_frames());
  const double share = std::min(1.0, static_cast<double>(quantum) / kRateHz);
  level_ += (waiting - level_) * share;
  const double tolerated =
      0.5 * static_cast<double>(packet_frames_.load(std::memory_order_relaxed) + quantum);
  const double error = level_ - static_cast<double>(wish_frames_);
  if (std::abs(error) <= tolerated) {
    // Back to whole frames, where nothing is interpolated, once the way is short.
    step_ = 1;
    return;
  }
  step_ = 1 + std::clamp(0.5 * error / kRateHz, -kMaxCorrection, kMaxCorrection);
}

// How many frames it gave: fewer when too few wait.
std::size_t MicRing::resample(std::span<float> out) noexcept {
  std::size_t made = 0;
  while (made < out.size()) {
    if (input_frames_ < kTaps) {
      // As much as this turn needs, at most: what waits in the ring can still be discarded.
      const double needed = position_ + step_ * static_cast<double>(out.size() - made) + kTaps;
      const std::size_t asked =
          std::min(static_cast<std::size_t>(std::ceil(needed)), input_.size()) - input_frames_;
      const std::size_t got = ring_.pop(std::span(input_).subspan(input_frames_, asked));
      if (got == 0) break;
      input_frames_ += got;
    }
    std::size_t at = static_cast<std::size_t>(position_);
    while (made < out.size() && at + kTaps <= input_frames_) {
      out[made++] = hermite(&input_[at], static_cast<float>(position_ - static_cast<double>(at)));
      position_ += step_;
      at = static_cast<std::size_t>(position_);
    }
    const std::size_t used = std::min(at, input_frames_);
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(used),
              input_.begin() + static_cast<std::ptrdiff_t>(input_frames_), input_.begin());
    input_frames_ -= used;
    position_ -= static_cast<double>(used);
  }
  return made;
}

// From the last sample that was given to silence; over the end of a block, if need be.
void MicRing::fade_out(std::span<float> out) noexcept {
  for (float& sample : out) {
    if (fade_left_ > 0) --fade_left_;
    sample = last_ * static_cast<float>(fade_left_) / static_cast<float>(kFadeFrames);
  }
}

void MicRing::run_dry(LocalTime now) noexcept {
  playing_ = false;
  input_frames_ = 0;
  dry_since_ = now;
}

// Far too much waits, as after a stall of the network: the end of this block is faded into what
// follows the part that is left out.
void MicRing::cut(std::span<float> out) noexcept {
  const std::size_t waiting = ring_.size_frames();
  const std::size_t tolerated =
      wish_frames_ + kMaxExcessFrames + packet_frames_.load(std::memory_order_relaxed);
  if (waiting <= tolerated || out.size() < kFadeFrames) return;
  ring_.discard(static_cast<std::uint32_t>(wish_frames_));
  cut_frames_.fetch_add(waiting - wish_frames_, std::memory_order_relaxed);
  input_frames_ = 0;
  position_ = 0;
  level_ = static_cast<double>(wish_frames_);
  std::array<float, kFadeFrames> next{};
  if (resample(next) < next.size()) return;
  const std::span<float> end = out.last(kFadeFrames);
  for (std::size_t i = 0; i < kFadeFrames; ++i) {
    const float share = static_cast<float>(i + 1) / static_cast<float>(kFadeFrames);
    end[i] += (next[i] - end[i]) * share;
  }
  last_ = out.back();
}

}  // namespace pf::audio
