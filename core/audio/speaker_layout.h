// Which channel of interleaved sound belongs to which speaker, and how Opus carries them.
//
// There is one order for each channel count, on the wire, in our buffers and in Opus's channel
// mapping alike, so that nothing is ever reordered on the way; backends translate to their server's
// positions by name. The mapping is never sent: both ends use these tables.
// Source: docs/protocol/punktfunk1.md section 15.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pf::audio {

inline constexpr std::uint32_t kOpusRateHz = 48'000;
inline constexpr std::size_t kMaxChannels = 8;

enum class Speaker : std::uint8_t {
  mono,
  front_left,
  front_right,
  front_center,
  low_frequency,
  rear_left,
  rear_right,
  side_left,
  side_right,
};

struct SpeakerLayout {
  std::uint8_t channel_count = 2;
  std::uint8_t stream_count = 1;   // Opus streams; the coupled ones come first, two channels each
  std::uint8_t coupled_count = 1;  // the others carry one channel each, in order
  std::array<Speaker, kMaxChannels> speakers{};  // by channel; the first channel_count count
};

inline constexpr SpeakerLayout kMono{1, 1, 0, {Speaker::mono}};
inline constexpr SpeakerLayout kStereo{2, 1, 1, {Speaker::front_left, Speaker::front_right}};
inline constexpr SpeakerLayout kSurround51{
    6,
    4,
    2,
    {Speaker::front_left, Speaker::front_right, Speaker::front_center, Speaker::low_frequency,
     Speaker::rear_left, Speaker::rear_right}};
inline constexpr SpeakerLayout kSurround71{
    8,
    5,
    3,
    {Speaker::front_left, Speaker::front_right, Speaker::front_center, Speaker::low_frequency,
     Speaker::rear_left, Speaker::rear_right, Speaker::side_left, Speaker::side_right}};

// For 1, 2, 6 or 8 channels; nullopt: the protocol knows no such layout.
constexpr std::optional<SpeakerLayout> layout_of(std::size_t channel_count) noexcept {
  switch (channel_count) {
    case 1:
      return kMono;
    case 2:
      return kStereo;
    case 6:
      return kSurround51;
    case 8:
      return kSurround71;
    default:
      return std::nullopt;
  }
}

}  // namespace pf::audio
