// Any bytes as packets of one stream, in any order with losses: first byte the layout, then
// packets, each behind a byte that says what becomes of it and one that is its length.
#include <array>
#include <vector>

#include "core/audio/opus_decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  ByteReader in({reinterpret_cast<const std::byte*>(data), size});
  constexpr std::array kLayouts{audio::kMono, audio::kStereo, audio::kSurround51,
                                audio::kSurround71};
  auto decoder = audio::OpusDecoder::open(kLayouts[in.little<std::uint8_t>() % kLayouts.size()]);
  if (!decoder) return 0;
  const std::size_t channel_count = decoder->layout().channel_count;
  std::vector<float> sound(audio::OpusDecoder::kMaxPacketSamples * channel_count);
  const std::span<float> frame(sound.data(), 240 * channel_count);
  constexpr int kMaxPackets = 64;
  for (int i = 0; i < kMaxPackets && in.remaining() > 0; ++i) {
    const auto fate = in.little<std::uint8_t>();
    const auto bytes = in.little<std::uint8_t>();
    const Bytes packet = in.take(std::min<std::size_t>(bytes, in.remaining()));
    if (fate % 8 == 0) decoder->conceal(frame);
    if (fate % 8 == 1) decoder->recover(packet, frame);
    if (fate % 64 == 2) decoder->reset();
    decoder->decode(packet, fate % 8 == 3 ? frame : std::span<float>(sound));
  }
  return 0;
}
