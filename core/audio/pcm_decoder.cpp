#include "core/audio/pcm_decoder.h"

#include <algorithm>

namespace pf::audio {
namespace {

// Full scale is symmetric: ±32 767, ±8 388 607.
constexpr float kScale16 = 1.0F / 32'767;
constexpr float kScale24 = 1.0F / 8'388'607;

float sample_of(const std::byte* bytes, std::size_t sample_bytes) noexcept {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < sample_bytes; ++i)
    bits |= std::to_integer<std::uint32_t>(bytes[i]) << (32 - 8 * (sample_bytes - i));
  const std::int32_t value = static_cast<std::int32_t>(bits) >> (32 - 8 * sample_bytes);
  return static_cast<float>(value) * (sample_bytes == 2 ? kScale16 : kScale24);
}

}  // namespace

PcmDecoder::PcmDecoder(const StreamFormat& format, std::uint8_t bits)
    : format_(format),
      sample_bytes_(bits == 24 ? 3 : 2),
      newest_(std::size_t{format.frame_samples} * format.channel_count) {}

std::size_t PcmDecoder::decode(Bytes packet, std::span<float> interleaved) noexcept {
  const std::size_t count = packet.size() / sample_bytes_;
  if (count == 0 || count > interleaved.size() ||
      packet.size() % (sample_bytes_ * format_.channel_count) != 0) {
    return 0;
  }
  for (std::size_t i = 0; i < count; ++i)
    interleaved[i] = sample_of(packet.data() + i * sample_bytes_, sample_bytes_);
  const std::span<float> samples = interleaved.first(count);
  if (concealed_) join(samples);
  concealed_ = false;
  const std::size_t kept = std::min(samples.size(), newest_.size());
  std::fill(newest_.begin(), newest_.end(), 0.0F);
  std::copy(samples.end() - static_cast<std::ptrdiff_t>(kept), samples.end(),
            newest_.end() - static_cast<std::ptrdiff_t>(kept));
  return count / format_.channel_count;
}

void PcmDecoder::conceal(std::span<float> interleaved) noexcept {
  turn_back();
  concealed_ = true;
  const std::size_t count = std::min(interleaved.size(), newest_.size());
  std::fill(std::copy_n(newest_.begin(), count, interleaved.begin()), interleaved.end(), 0.0F);
}

void PcmDecoder::turn_back() noexcept {
  const std::size_t channels = format_.channel_count;
  for (std::size_t front = 0, back = newest_.size() / channels; front + 1 < back; ++front) {
    --back;
    std::swap_ranges(newest_.begin() + static_cast<std::ptrdiff_t>(front * channels),
                     newest_.begin() + static_cast<std::ptrdiff_t>((front + 1) * channels),
                     newest_.begin() + static_cast<std::ptrdiff_t>(back * channels));
  }
}

// Out of what would have been concealed next, into what came.
void PcmDecoder::join(std::span<float> interleaved) noexcept {
  turn_back();
  const std::size_t channels = format_.channel_count;
  const std::size_t frames =
      std::min({format_.samples(kJoin), interleaved.size() / channels, newest_.size() / channels});
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const float share = static_cast<float>(frame + 1) / static_cast<float>(frames + 1);
    for (std::size_t i = frame * channels; i < (frame + 1) * channels; ++i)
      interleaved[i] = newest_[i] + (interleaved[i] - newest_[i]) * share;
  }
}

}  // namespace pf::audio
