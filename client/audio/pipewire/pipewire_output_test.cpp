#include "client/audio/pipewire/pipewire_output.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <numbers>
#include <thread>

#include "core/audio/tone_check.h"
#include "core/runtime/sample_ring.h"
#include "core/runtime/system_clock.h"
#include "sound/pipewire/stream.h"
#include "testing/sound_server.h"

namespace pf::client_audio {
namespace {

// 440 Hz and 110 more on each further channel, as the output asks for it.
class Tones {
 public:
  explicit Tones(std::size_t channel_count) {
    for (std::size_t i = 0; i < channel_count; ++i)
      frequencies.push_back(440 + 110 * static_cast<double>(i));
  }
  std::span<const float> next(std::size_t frames) {
    block_.resize(frames * frequencies.size());
    for (std::size_t i = 0; i < block_.size(); ++i) {
      const auto at = static_cast<double>((sample_ + i / frequencies.size()) % kOutputRateHz);
      block_[i] = static_cast<float>(0.25 * std::sin(2 * std::numbers::pi * at / kOutputRateHz *
                                                     frequencies[i % frequencies.size()]));
    }
    sample_ += frames;
    return block_;
  }
  std::vector<double> frequencies;

 private:
  std::vector<float> block_;
  std::size_t sample_ = 0;
};

Result<void> play(AudioOutput& output, Doorbell& bell, Tones& tones, Nanos length) {
  const SystemClock clock;
  for (const LocalTime until = clock.now() + length; clock.now() < until;) {
    PF_TRY(const std::size_t frames, output.wanted(bell, milliseconds(20)));
    if (frames > 0) output.write(tones.next(frames));
  }
  return {};
}

const std::vector<sound::Speaker> kSpeakers71{
    sound::Speaker::front_left,    sound::Speaker::front_right, sound::Speaker::front_centre,
    sound::Speaker::low_frequency, sound::Speaker::rear_left,   sound::Speaker::rear_right,
    sound::Speaker::side_left,     sound::Speaker::side_right};

TEST(PipeWireOutput, EachChannelComesOutOfItsSpeaker) {
  testing::SoundServer server;
  server.add_null_sink("speakers", "FL FR FC LFE RL RR SL SR");
  const sound::ServerAddress address{server.socket_path()};
  auto connection = sound::Connection::open(address, nullptr);
  ASSERT_TRUE(connection) << connection.error().what;
  SampleRing heard(8, 1 << 18);
  auto recorder = sound::Stream::open(
      **connection,
      {.node_name = "ear", .position = kSpeakers71, .target = "speakers", .record_sink = true},
      [&](const sound::StreamBlock& block) { heard.push(block.samples); });
  ASSERT_TRUE(recorder) << recorder.error().what;

  Doorbell bell;
  auto output = open_pipewire_output(address, "punktfunk", 8, bell);
  ASSERT_TRUE(output) << output.error().what;
  Tones tones(8);
  const auto played = play(**output, bell, tones, seconds(3));
  ASSERT_TRUE(played) << played.error().what;

  std::vector<float> samples(heard.size_frames() * 8);
  ASSERT_GT(samples.size(), 8u * 48'000);
  heard.pop(samples);
  audio::ToneCheck check(kOutputRateHz, tones.frequencies);
  check.add(samples);
  const auto report = check.report();
  // Which speaker is the question here, and a busy machine tears holes into the tone: a wrong
  // speaker would have a ratio below 1, a whole tone one of 100 000.
  constexpr double kMinPowerRatio = 100;
  for (const auto& channel : report.channels) {
    EXPECT_EQ(channel.heard_hz, channel.expected_hz);
    EXPECT_GT(channel.power_ratio, kMinPowerRatio);
    EXPECT_NEAR(channel.rms, 0.25 / std::sqrt(2.0), 0.02);
  }
}

TEST(PipeWireOutput, WithoutADeviceItFailsSoThatItIsTriedAgain) {
  testing::SoundServer server;
  Doorbell bell;
  Tones tones(2);
  const auto open_and_play = [&]() -> Result<void> {
    PF_TRY(const auto output, open_pipewire_output({server.socket_path()}, "punktfunk", 2, bell));
    // Who finds that there is no device is the session manager, which may be slow to start.
    return play(*output, bell, tones, seconds(30));
  };
  const auto played = open_and_play();
  ASSERT_FALSE(played);
  EXPECT_TRUE(played.error().kind == ErrorKind::lost ||
              played.error().kind == ErrorKind::unavailable)
      << played.error().what;
}

TEST(PipeWireOutput, SaysThatTheServerHasGoneAndPlaysOnTheNext) {
  testing::SoundServer server;
  server.add_null_sink("speakers");
  const sound::ServerAddress address{server.socket_path()};
  Doorbell bell;
  Tones tones(2);
  auto output = open_pipewire_output(address, "punktfunk", 2, bell);
  ASSERT_TRUE(output) << output.error().what;
  ASSERT_TRUE(play(**output, bell, tones, milliseconds(200)));
  server.kill(testing::SoundProgram::pipewire);
  const auto played = play(**output, bell, tones, seconds(5));
  ASSERT_FALSE(played);
  EXPECT_EQ(played.error().kind, ErrorKind::lost);
  output->reset();
  const auto without = open_pipewire_output(address, "punktfunk", 2, bell);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().kind, ErrorKind::unavailable);
  server.start();
  server.add_null_sink("speakers");
  output = open_pipewire_output(address, "punktfunk", 2, bell);
  ASSERT_TRUE(output) << output.error().what;
  ASSERT_TRUE(play(**output, bell, tones, milliseconds(200)));
}

}  // namespace
}  // namespace pf::client_audio
