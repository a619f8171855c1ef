// Changes the rate of sound by any ratio that may change at any time without being heard
// (libsamplerate, band-limited interpolation: ccrma.stanford.edu/~jos/resample).
//
// Any thread, one at a time; takes its memory when it is opened. Within a call the ratio glides
// from the last one to the new one.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/base/result.h"

struct SRC_STATE_tag;

namespace pf::audio {

class Resampler {
 public:
  static Result<Resampler> open(std::uint8_t channel_count);

  struct Progress {
    std::size_t used = 0;  // samples of each channel, out of `from`
    std::size_t made = 0;  // into `into`
  };
  // `ratio`: samples out for one in, 1/256 … 256. Stops when `from` is used up or `into` full.
  Progress run(std::span<const float> from, std::span<float> into, double ratio) noexcept;

  // Forgets what is inside.
  void reset() noexcept;

  // Samples of each channel that were used and have made nothing yet: 19 at equal rates.
  double inside() const noexcept { return inside_; }

 private:
  struct Destroy {
    void operator()(SRC_STATE_tag* state) const noexcept;
  };
  using Handle = std::unique_ptr<SRC_STATE_tag, Destroy>;
  Resampler(Handle state, std::uint8_t channel_count)
      : state_(std::move(state)), channel_count_(channel_count) {}

  Handle state_;
  std::uint8_t channel_count_;
  double inside_ = 0;
};

}  // namespace pf::audio
