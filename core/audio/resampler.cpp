#include "core/audio/resampler.h"

#include <samplerate.h>

#include <algorithm>

namespace pf::audio {

void Resampler::Destroy::operator()(SRC_STATE_tag* state) const noexcept { src_delete(state); }

// The fastest of the three sinc converters: 97 dB between signal and noise, more than Opus leaves.
// Stereo costs it 1.4 % of a core and 19 samples; the next better one 2.6 % and 46 (Xeon, 2 cores).
Result<Resampler> Resampler::open(std::uint8_t channel_count) {
  int error = 0;
  Handle state(src_new(SRC_SINC_FASTEST, channel_count, &error));
  if (!state) {
    return fail(ErrorKind::unavailable, "libsamplerate cannot convert {} channels: {}",
                channel_count, src_strerror(error));
  }
  return Resampler(std::move(state), channel_count);
}

Resampler::Progress Resampler::run(std::span<const float> from, std::span<float> into,
                                   double ratio) noexcept {
  SRC_DATA data{};
  data.data_in = from.data();
  data.data_out = into.data();
  data.input_frames = static_cast<long>(from.size() / channel_count_);
  data.output_frames = static_cast<long>(into.size() / channel_count_);
  data.src_ratio = ratio;
  if (src_process(state_.get(), &data) != 0) return {};
  inside_ = std::max(inside_ + static_cast<double>(data.input_frames_used) -
                         static_cast<double>(data.output_frames_gen) / ratio,
                     0.0);
  return {.used = static_cast<std::size_t>(data.input_frames_used),
          .made = static_cast<std::size_t>(data.output_frames_gen)};
}

void Resampler::reset() noexcept {
  src_reset(state_.get());
  inside_ = 0;
}

}  // namespace pf::audio
