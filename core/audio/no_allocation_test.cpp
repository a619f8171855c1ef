// Sound takes its memory when a session begins and none later.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "core/audio/audio_framer.h"
#include "core/audio/opus_decoder.h"
#include "core/audio/opus_encoder.h"
#include "core/audio/tone_testing.h"
#include "testing/no_alloc.h"

namespace pf::audio {
namespace {

TEST(NoAllocation, FromSamplesToDatagramsAndBack) {
  auto encoder = OpusEncoder::open({.layout = kSurround71, .bitrate_kbps = 450}).value();
  auto decoder = OpusDecoder::open(kSurround71).value();
  AudioFramer framer({.redundant = true});
  std::vector<float> sound(240 * 8);
  testing::add_tone(sound, 8, 0, {});
  std::array<std::byte, AudioFramer::kMaxFrameBytes> room;
  const pf::testing::AllocationCount allocations;
  for (int i = 0; i < 1000; ++i) {
    const Bytes packet = encoder.encode(sound, room);
    ASSERT_FALSE(framer.frame(packet, WireTime(i * milliseconds(5))).empty());
    i % 10 == 0 ? decoder.conceal(sound) : decoder.decode(packet, sound).has_value();
  }
  EXPECT_EQ(allocations.now(), 0u);
}

}  // namespace
}  // namespace pf::audio
