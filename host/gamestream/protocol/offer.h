// What this host offers to GameStream clients, and the DESCRIBE payload that tells them
// (docs/protocol/gamestream.md sections 3 and 7.5).
#pragma once

#include <cstdint>
#include <string>

namespace pf::gamestream {

enum class VideoCodec : std::uint8_t { h264 = 0, hevc = 1, av1 = 2 };  // bitStreamFormat

// Bits of ServerCodecModeSupport.
namespace codec_modes {
inline constexpr std::uint32_t kH264 = 0x1;
inline constexpr std::uint32_t kH264High444 = 0x40000;
inline constexpr std::uint32_t kHevcMain = 0x100, kHevcMain10 = 0x200, kHevc444 = 0x80000,
                               kHevc444TenBit = 0x100000;
inline constexpr std::uint32_t kAv1Main = 0x10000, kAv1Main10 = 0x20000, kAv1444 = 0x200000,
                               kAv1444TenBit = 0x400000;
}  // namespace codec_modes

// Bits of encryptionSupported and its relatives.
namespace encryption {
inline constexpr std::uint32_t kControlV2 = 1, kVideo = 2, kAudio = 4;
inline constexpr std::uint32_t kAll = kControlV2 | kVideo | kAudio;
}  // namespace encryption

struct Offer {
  std::uint32_t codec_modes = codec_modes::kH264;
  bool invalidates_references = false;
  bool takes_touch_and_pen = true;
  bool takes_pad_touch_and_motion = true;
  // What clients that can are told to encrypt; control v2 always is.
  std::uint32_t encryption_requested = encryption::kControlV2;
  bool encryption_required = false;  // who cannot encrypt all of it is refused
  std::uint32_t fec_percent = 20;

  bool offers(VideoCodec codec, bool ten_bit, bool chroma_444) const noexcept;
};

std::string describe(const Offer& offer);

}  // namespace pf::gamestream
