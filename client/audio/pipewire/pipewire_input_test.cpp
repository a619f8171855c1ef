#include "client/audio/pipewire/pipewire_input.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "sound/pipewire/stream.h"
#include "testing/sound_server.h"

namespace pf::client_audio {
namespace {

TEST(PipeWireInput, HearsTheDefaultMicrophoneAndSaysWhenItsServerDies) {
  testing::SoundServer server;
  const sound::ServerAddress address{server.socket_path()};
  const auto connection = sound::Connection::open(address, nullptr).value();
  sound::StreamSpec microphone;
  microphone.node_name = "users-microphone";
  microphone.direction = sound::StreamDirection::into_graph;
  microphone.media_class = "Audio/Source";
  microphone.position = {sound::Speaker::mono};
  const auto stream =
      sound::Stream::open(*connection, microphone, [](const sound::StreamBlock& block) {
        std::fill(block.samples.begin(), block.samples.end(), 0.25F);
      });
  ASSERT_TRUE(stream);

  Doorbell bell;
  const auto input = open_pipewire_input(address, "test", bell);
  ASSERT_TRUE(input) << input.error().what;
  std::vector<float> samples(480);
  bool heard = false;
  for (int i = 0; i < 1'000 && !heard; ++i) {
    const auto read = (*input)->read(samples, bell, milliseconds(20));
    ASSERT_TRUE(read);
    heard = *read && samples.back() == 0.25F;
  }
  EXPECT_TRUE(heard);

  server.kill(testing::SoundProgram::pipewire);
  Result<bool> read = true;
  for (int i = 0; i < 1'000 && read; ++i) read = (*input)->read(samples, bell, milliseconds(20));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::lost);
}

TEST(PipeWireInput, SaysThatNoServerRuns) {
  Doorbell bell;
  const auto input = open_pipewire_input({"/tmp/pf-no-such-server/pipewire-0"}, "test", bell);
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace pf::client_audio
