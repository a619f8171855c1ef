// Sines and how to find them again, for tests of sound.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace pf::audio::testing {

struct ToneOf {
  double frequency_hz = 440.0;
  double amplitude = 0.5;
};

// Adds a sine to one channel of interleaved samples; `first` is the index of the first sample.
inline void add_tone(std::span<float> interleaved, std::size_t channel_count, std::size_t channel,
                     const ToneOf& tone, std::size_t first = 0, double rate_hz = 48'000) {
  for (std::size_t i = 0; i * channel_count < interleaved.size(); ++i) {
    const double phase =
        2 * std::numbers::pi * tone.frequency_hz * static_cast<double>(first + i) / rate_hz;
    interleaved[i * channel_count + channel] +=
        static_cast<float>(tone.amplitude * std::sin(phase));
  }
}

inline std::vector<float> channel_of(std::span<const float> interleaved, std::size_t channel_count,
                                     std::size_t channel) {
  std::vector<float> samples;
  for (std::size_t i = channel; i < interleaved.size(); i += channel_count)
    samples.push_back(interleaved[i]);
  return samples;
}

inline double rms(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * sample;
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

// Power of one frequency (Goertzel's algorithm), relative to the square of its amplitude.
inline double power_at(std::span<const float> samples, double frequency_hz,
                       double rate_hz = 48'000) {
  const double step = 2 * std::numbers::pi * frequency_hz / rate_hz;
  const double factor = 2 * std::cos(step);
  double before = 0, earlier = 0;
  for (const float sample : samples) {
    const double now = sample + factor * before - earlier;
    earlier = before;
    before = now;
  }
  const double power = before * before + earlier * earlier - factor * before * earlier;
  const double scale = static_cast<double>(samples.size()) / 2;
  return power / (scale * scale);
}

}  // namespace pf::audio::testing
