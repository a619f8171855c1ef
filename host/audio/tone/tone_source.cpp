#include "host/audio/tone/tone_source.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pf::audio::tone {

AudioBackend backend() {
  return {.name = "tone",
          .open = [](const SourceRequest& request, Doorbell&,
                     const Clock& clock) -> Result<std::unique_ptr<AudioSource>> {
            return std::make_unique<ToneSource>(request.layout, clock);
          }};
}

ToneSource::ToneSource(const SpeakerLayout& layout, const Clock& clock) noexcept
    : layout_(layout), clock_(clock), start_(clock.now()) {}

// Whole chunks only.
std::uint64_t ToneSource::captured(LocalTime now) const noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>((now - start_) / kChunk, 0)) *
         kChunkSamples;
}

LocalTime ToneSource::captured_at(std::uint64_t sample) const noexcept {
  return start_ + Nanos(static_cast<std::int64_t>(sample) * 62'500 / 3);  // 48 kHz
}

Result<SoundRead> ToneSource::read(std::span<float> interleaved, Doorbell& bell, Nanos patience) {
  LocalTime now = clock_.now();
  if (captured(now) <= next_sample_) {
    const LocalTime due = captured_at(next_sample_ + kChunkSamples);
    bell.wait(std::clamp<Nanos>(due - now, Nanos(0), patience));
    now = clock_.now();
    if (captured(now) <= next_sample_) return SoundRead{};
  }
  const std::uint64_t end = captured(now);
  if (end - next_sample_ > kMaxWaitingSamples) next_sample_ = end - kMaxWaitingSamples;
  const std::size_t channel_count = layout_.channel_count;
  const std::size_t count =
      std::min<std::size_t>(end - next_sample_, interleaved.size() / channel_count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t channel = 0; channel < channel_count; ++channel) {
      // All frequencies repeat every second, so the phase stays exact for ever.
      const auto within = static_cast<double>((next_sample_ + i) % kOpusRateHz);
      const double phase = 2 * std::numbers::pi * frequency_hz(channel) * within / kOpusRateHz;
      interleaved[i * channel_count + channel] = kAmplitude * static_cast<float>(std::sin(phase));
    }
  }
  const SoundRead read{.sample_count = count, .captured_at = captured_at(next_sample_)};
  next_sample_ += count;
  return read;
}

}  // namespace pf::audio::tone
