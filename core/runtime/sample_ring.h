// A ring of interleaved float samples between one producing and one consuming thread, without
// locks: what stands between a sound server's real-time thread and a thread of ours.
//
// It never says no. When the consumer falls behind by more than the ring holds, the oldest frames
// fall out and are counted: of sound only the newest is worth something. A *frame* is one sample of
// every channel. The producer may overwrite what is being read; the consumer notices by the
// counters and drops exactly the overwritten part (a sequence lock; see published.h for the choice
// of orderings).
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace pf {

class SampleRing {
 public:
  // Holds at least `capacity_frames` (rounded up to a power of two).
  SampleRing(std::uint32_t channel_count, std::uint32_t capacity_frames)
      : channel_count_(channel_count),
        capacity_frames_(std::bit_ceil(std::max<std::uint32_t>(capacity_frames, 1))),
        samples_(std::size_t{capacity_frames_} * channel_count) {}

  std::uint32_t channel_count() const noexcept { return channel_count_; }
  std::uint32_t capacity_frames() const noexcept { return capacity_frames_; }

  // Producer only. Whole frames; a part of a frame at the end is ignored.
  void push(std::span<const float> samples) noexcept {
    std::size_t frame_count = samples.size() / channel_count_;
    // More than a ringful: only the newest can survive, but all of it counts as pushed.
    const std::size_t skipped = frame_count > capacity_frames_ ? frame_count - capacity_frames_ : 0;
    std::uint64_t at = written_.load(std::memory_order_relaxed) + skipped;
    samples = samples.subspan(skipped * channel_count_);
    frame_count -= skipped;
    claimed_.store(at + frame_count, std::memory_order_release);
    for (std::size_t frame = 0; frame < frame_count; ++frame, ++at) {
      std::atomic<float>* cell = cell_of(at);
      for (std::uint32_t c = 0; c < channel_count_; ++c)
        cell[c].store(samples[frame * channel_count_ + c], std::memory_order_release);
    }
    written_.store(at, std::memory_order_release);
  }

  // Consumer only. The oldest frames that are left, at most as many whole frames as `into` holds;
  // how many were written. Zero: empty.
  std::size_t pop(std::span<float> into) noexcept {
    const std::uint64_t newest = written_.load(std::memory_order_acquire);
    std::uint64_t at = read_.load(std::memory_order_relaxed);
    skip_to(at, newest > capacity_frames_ ? newest - capacity_frames_ : 0);
    const auto frame_count = static_cast<std::size_t>(
        std::min<std::uint64_t>(newest - at, into.size() / channel_count_));
    for (std::size_t frame = 0; frame < frame_count; ++frame) {
      const std::atomic<float>* cell = cell_of(at + frame);
      for (std::uint32_t c = 0; c < channel_count_; ++c)
        into[frame * channel_count_ + c] = cell[c].load(std::memory_order_acquire);
    }
    const std::uint64_t end = at + frame_count;
    // Whatever the producer has claimed meanwhile may have been overwritten under our eyes.
    const std::uint64_t claimed = claimed_.load(std::memory_order_acquire);
    skip_to(at, std::min(end, claimed > capacity_frames_ ? claimed - capacity_frames_ : 0));
    const auto kept = static_cast<std::size_t>(end - at);
    if (kept < frame_count && kept > 0)
      std::memmove(into.data(), into.data() + (frame_count - kept) * channel_count_,
                   kept * channel_count_ * sizeof(float));
    read_.store(end, std::memory_order_release);
    return kept;
  }

  // Consumer only: forgets all but the newest `keep_frames`. They do not count as fallen out.
  void discard(std::uint32_t keep_frames = 0) noexcept {
    const std::uint64_t newest = written_.load(std::memory_order_acquire);
    const std::uint64_t keep = std::min<std::uint64_t>(keep_frames, newest);
    const std::uint64_t at = read_.load(std::memory_order_relaxed);
    if (newest - keep > at) read_.store(newest - keep, std::memory_order_release);
  }

  // Any thread; exact only on the two that own the ends. Never above the capacity.
  std::size_t size_frames() const noexcept {
    const std::uint64_t read = read_.load(std::memory_order_acquire);
    const std::uint64_t written = written_.load(std::memory_order_acquire);
    return static_cast<std::size_t>(std::min<std::uint64_t>(written - read, capacity_frames_));
  }
  // Any thread: frames that fell out because the consumer was too slow.
  std::uint64_t dropped_frames() const noexcept {
    return dropped_frames_.load(std::memory_order_relaxed);
  }

 private:
  const std::atomic<float>* cell_of(std::uint64_t frame) const noexcept {
    return &samples_[(frame & (capacity_frames_ - 1)) * channel_count_];
  }
  std::atomic<float>* cell_of(std::uint64_t frame) noexcept {
    return &samples_[(frame & (capacity_frames_ - 1)) * channel_count_];
  }
  void skip_to(std::uint64_t& at, std::uint64_t oldest) noexcept {
    if (oldest <= at) return;
    dropped_frames_.fetch_add(oldest - at, std::memory_order_relaxed);
    at = oldest;
  }

  const std::uint32_t channel_count_;
  const std::uint32_t capacity_frames_;
  std::vector<std::atomic<float>> samples_;
  // Positions in frames since the beginning: 64 bits do not wrap.
  alignas(64) std::atomic<std::uint64_t> claimed_{0};  // being written, up to here
  std::atomic<std::uint64_t> written_{0};
  alignas(64) std::atomic<std::uint64_t> read_{0};
  std::atomic<std::uint64_t> dropped_frames_{0};
};

}  // namespace pf
