// A voice for tests: 440 Hz, in real time.
#pragma once

#include "client/audio/audio_input.h"

namespace pf::client_audio {

class ToneInput final : public AudioInput {
 public:
  static constexpr double kFrequency_hz = 440;
  static constexpr double kAmplitude = 0.5;  // of full scale

  explicit ToneInput(const Clock& clock) : clock_(clock), due_(clock.now()) {}

  Result<bool> read(std::span<float> samples, Doorbell& bell, Nanos patience) override;

 private:
  const Clock& clock_;
  LocalTime due_;  // when the samples that are read next would have been spoken
  std::uint64_t phase_ = 0;
};

}  // namespace pf::client_audio
