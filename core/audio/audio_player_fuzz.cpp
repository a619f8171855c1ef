// Bytes choose what comes from the network, and when sound is asked for.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/audio/audio_player.h"

using namespace pf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in({reinterpret_cast<const std::byte*>(data), size});
  message::Welcome welcome;
  const auto kind = in.little<std::uint8_t>();
  welcome.audio_channels = kind & 1 ? 6 : 2;
  if (kind & 2) welcome.audio_codec = message::AudioCodec::pcm;
  if (kind & 4) welcome.audio.bits = 24;
  const audio::StreamFormat format = audio::format_of(welcome);
  auto player = audio::AudioPlayer::open(format, kind & 8 ? 44'100 : 48'000,
                                         *audio::open_frame_decoder(welcome));
  std::vector<float> block;
  std::uint32_t sequence = 0;
  LocalTime now;
  constexpr int kMaxSteps = 256;
  for (int i = 0; i < kMaxSteps && in.remaining() > 0; ++i) {
    const auto step = in.little<std::uint8_t>();
    now += microseconds(100) * (step >> 3);
    if (step & 1) {
      block.resize(std::size_t{8} * (step >> 1) * format.channel_count);
      player->render(block);
      for (const float sample : block) {
        if (!std::isfinite(sample)) std::abort();
      }
      continue;
    }
    sequence = step & 2 ? in.little<std::uint32_t>() : sequence + (step & 4 ? 3 : 1);
    const Bytes packet = in.take(std::min<std::size_t>(in.little<std::uint8_t>(), in.remaining()));
    player->put({.sequence = sequence, .pts = WireTime(now.since_epoch()), .bytes = packet}, now);
    if (player->depth() > seconds(40)) std::abort();  // 320 packets of 120 ms
  }
  return 0;
}
