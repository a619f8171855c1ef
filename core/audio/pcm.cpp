#include "core/audio/pcm.h"

#include <algorithm>
#include <cmath>

namespace pf::audio {
namespace {

float full_scale(std::uint8_t bits) noexcept { return bits == 24 ? 8'388'607.0f : 32'767.0f; }

std::int32_t to_number(float sample, float scale) noexcept {
  if (!(std::abs(sample) <= 1.0f)) sample = std::isnan(sample) ? 0.0f : std::copysign(1.0f, sample);
  return static_cast<std::int32_t>(std::lrint(sample * scale));
}

}  // namespace

Bytes write_pcm(std::span<const float> samples, std::uint8_t bits, MutableBytes room) noexcept {
  const std::size_t sample_bytes = bits / 8u;
  if (room.size() < samples.size() * sample_bytes) return {};
  std::byte* to = room.data();
  for (const float sample : samples) {
    const auto number = static_cast<std::uint32_t>(to_number(sample, full_scale(bits)));
    for (std::size_t i = 0; i < sample_bytes; ++i)
      *to++ = static_cast<std::byte>(number >> (8 * i));
  }
  return room.first(samples.size() * sample_bytes);
}

std::size_t read_pcm(Bytes bytes, std::uint8_t bits, std::span<float> samples) noexcept {
  const std::size_t sample_bytes = bits / 8u;
  const std::size_t count = std::min(bytes.size() / sample_bytes, samples.size());
  const std::byte* from = bytes.data();
  for (std::size_t s = 0; s < count; ++s) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < sample_bytes; ++i)
      number |= std::to_integer<std::uint32_t>(*from++) << (8 * i);
    const unsigned unused = 32u - bits;  // shifted up and down again: the sign
    samples[s] = static_cast<float>(static_cast<std::int32_t>(number << unused) >> unused) /
                 full_scale(bits);
  }
  return count;
}

}  // namespace pf::audio
