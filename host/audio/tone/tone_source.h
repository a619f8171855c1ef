// A sine on every channel, each with a frequency of its own: sound without a sound server, for
// tests and measurement.
#pragma once

#include <cstdint>

#include "host/audio/audio_source.h"

namespace pf::audio::tone {

AudioBackend backend();

// 440 Hz on the first channel, 110 Hz more on each further one.
constexpr double frequency_hz(std::size_t channel) noexcept {
  return 440.0 + 110.0 * static_cast<double>(channel);
}
inline constexpr float kAmplitude = 0.25f;

// Comes in chunks of 5 ms, as the clock goes on. Who does not read for long misses what was meant
// for that time, without a break in the phase of what comes then.
class ToneSource final : public AudioSource {
 public:
  ToneSource(const SpeakerLayout& layout, const Clock& clock) noexcept;

  Result<SoundRead> read(std::span<float> interleaved, Doorbell& bell, Nanos patience) override;
  Nanos latency() const noexcept override { return kChunk; }

 private:
  static constexpr Nanos kChunk = milliseconds(5);
  static constexpr std::uint64_t kChunkSamples = 240;
  static constexpr std::uint64_t kMaxWaitingSamples = 4'800;  // 100 ms

  std::uint64_t captured(LocalTime now) const noexcept;
  LocalTime captured_at(std::uint64_t sample) const noexcept;

  const SpeakerLayout layout_;
  const Clock& clock_;
  const LocalTime start_;
  std::uint64_t next_sample_ = 0;
};

}  // namespace pf::audio::tone
