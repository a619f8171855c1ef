#include "host/gamestream/protocol/offer.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace pf::gamestream {
namespace {

constexpr std::uint32_t kTouchAndPen = 1, kPadTouchAndMotion = 2;

// Channels, streams, coupled streams, mapping; normal quality, then high, of each channel count.
// Clients turn the normal mapping of surround by one place, so those lines are turned the other
// way.
constexpr std::array<std::string_view, 6> kSurroundLines{"21101",     "21101",       "642012453",
                                                         "660012345", "85301245673", "88001234567"};

// Codec by bit depth and chroma.
constexpr std::uint32_t kModes[3][2][2] = {
    {{codec_modes::kH264, codec_modes::kH264High444}, {0, 0}},
    {{codec_modes::kHevcMain, codec_modes::kHevc444},
     {codec_modes::kHevcMain10, codec_modes::kHevc444TenBit}},
    {{codec_modes::kAv1Main, codec_modes::kAv1444},
     {codec_modes::kAv1Main10, codec_modes::kAv1444TenBit}},
};

}  // namespace

bool Offer::offers(VideoCodec codec, bool ten_bit, bool chroma_444) const noexcept {
  return (codec_modes & kModes[static_cast<std::size_t>(codec)][ten_bit][chroma_444]) != 0;
}

std::string describe(const Offer& offer) {
  const std::uint32_t features = (offer.takes_touch_and_pen ? kTouchAndPen : 0) |
                                 (offer.takes_pad_touch_and_motion ? kPadTouchAndMotion : 0);
  std::string text;
  text += fmt::format("a=x-ss-general.featureFlags:{}\n", features);
  text += fmt::format("a=x-ss-general.encryptionSupported:{}\n", encryption::kAll);
  text += fmt::format("a=x-ss-general.encryptionRequested:{}\n", offer.encryption_requested);
  if (offer.invalidates_references) text += "a=x-nv-video[0].refPicInvalidation:1\n";
  if (offer.offers(VideoCodec::hevc, false, false)) text += "sprop-parameter-sets=AAAAAU\n";
  if (offer.offers(VideoCodec::av1, false, false)) text += "a=rtpmap:98 AV1/90000\n";
  for (const std::string_view line : kSurroundLines)
    text += fmt::format("a=fmtp:97 surround-params={}\n", line);
  return text;
}

}  // namespace pf::gamestream
