// Interleaved samples on their way from the decoder to the resampler: in at the end, out at the
// front. One thread. Memory is taken once; whoever puts in asks for room() first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/check.h"

namespace pf::audio {

class SampleQueue {
 public:
  SampleQueue(std::size_t channel_count, std::size_t most_frames)
      : channel_count_(channel_count), samples_(channel_count * most_frames) {}

  std::size_t frames() const noexcept { return (end_ - begin_) / channel_count_; }
  std::size_t room() const noexcept { return samples_.size() / channel_count_ - frames(); }

  // From the front. Good until anything is put in.
  std::span<float> front(std::size_t frames) noexcept {
    return std::span(samples_).subspan(begin_, frames * channel_count_);
  }
  void drop(std::size_t frames) noexcept {
    PF_CHECK(frames <= this->frames());
    begin_ += frames * channel_count_;
  }
  // To be written, then counted with put().
  std::span<float> back(std::size_t frames) noexcept {
    PF_CHECK(frames <= room());
    if (samples_.size() - end_ < frames * channel_count_) {
      std::copy(samples_.begin() + static_cast<std::ptrdiff_t>(begin_),
                samples_.begin() + static_cast<std::ptrdiff_t>(end_), samples_.begin());
      end_ -= begin_;
      begin_ = 0;
    }
    return std::span(samples_).subspan(end_, frames * channel_count_);
  }
  void put(std::size_t frames) noexcept { end_ += frames * channel_count_; }

 private:
  const std::size_t channel_count_;
  std::vector<float> samples_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace pf::audio
