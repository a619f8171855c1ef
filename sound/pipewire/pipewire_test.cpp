// Against a real server of the test's own.
#include <pipewire/pipewire.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "core/runtime/doorbell.h"
#include "core/runtime/sample_ring.h"
#include "sound/pipewire/busy_release.h"
#include "sound/pipewire/default_nodes.h"
#include "sound/pipewire/loop_lock.h"
#include "sound/pipewire/stream.h"
#include "testing/sound_server.h"

namespace pf::sound {
namespace {

using testing::SoundProgram;
using testing::SoundServer;

constexpr float kTwoPi = 6.2831853F;

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return false;
}

class PipeWire : public ::testing::Test {
 protected:
  std::unique_ptr<Connection> connect(Doorbell* bell = nullptr) {
    auto connection = Connection::open({server.socket_path()}, bell);
    EXPECT_TRUE(connection) << (connection ? "" : connection.error().what);
    return connection ? *std::move(connection) : nullptr;
  }
  SoundServer server;
};

StreamSpec source_device(const std::string& name) {
  StreamSpec spec;
  spec.node_name = name;
  spec.direction = StreamDirection::into_graph;
  spec.media_class = "Audio/Source";
  spec.position = {Speaker::mono};
  return spec;
}

StreamSpec sink_device(const std::string& name) {
  StreamSpec spec;
  spec.node_name = name;
  spec.media_class = "Audio/Sink";
  spec.position = {Speaker::front_left, Speaker::front_right};
  return spec;
}

TEST_F(PipeWire, SaysPlainlyThatNoServerRuns) {
  const auto connection = Connection::open({"/tmp/pf-no-such-server/pipewire-0"}, nullptr);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().kind, ErrorKind::unavailable);
  EXPECT_NE(connection.error().what.find("/tmp/pf-no-such-server"), std::string::npos);
}

TEST_F(PipeWire, CarriesAToneFromASourceOfOursToARecorderOfOurs) {
  const auto connection = connect();
  ASSERT_TRUE(connection);
  int phase = 0;
  auto source = Stream::open(*connection, source_device("pf-tone"), [&phase](const StreamBlock& b) {
    for (float& sample : b.samples)
      sample = 0.5F * std::sin(kTwoPi * 440.0F * static_cast<float>(phase++) / 48'000.0F);
  });
  ASSERT_TRUE(source) << source.error().what;
  EXPECT_EQ((*source)->state(), StreamState::idle);  // nobody listens yet

  SampleRing ring(1, 48'000);
  std::atomic<bool> timed{false};
  StreamSpec recorder;
  recorder.node_name = "pf-recorder";
  recorder.target = "pf-tone";
  recorder.position = {Speaker::mono};
  auto recording = Stream::open(*connection, recorder, [&](const StreamBlock& b) {
    ring.push(b.samples);
    if (b.began_at != LocalTime{}) timed = true;
  });
  ASSERT_TRUE(recording) << recording.error().what;
  ASSERT_TRUE(eventually([&] { return ring.size_frames() >= 24'000; }));
  EXPECT_EQ((*recording)->state(), StreamState::streaming);
  EXPECT_EQ((*recording)->cycle_frames(), 256u);
  EXPECT_TRUE(timed);
  std::vector<float> heard(24'000);
  ring.discard(24'000);
  const std::size_t heard_frames = ring.pop(heard);
  double power = 0;
  for (std::size_t i = 0; i < heard_frames; ++i) power += static_cast<double>(heard[i] * heard[i]);
  EXPECT_NEAR(std::sqrt(power / static_cast<double>(heard_frames)), 0.5 / std::sqrt(2.0), 0.01);
}

TEST_F(PipeWire, ASinkOfOursHearsWhatAProgramPlays) {
  const auto connection = connect();
  ASSERT_TRUE(connection);
  SampleRing ring(2, 48'000);
  auto sink = Stream::open(*connection, sink_device("pf-sink"),
                           [&ring](const StreamBlock& block) { ring.push(block.samples); });
  ASSERT_TRUE(sink) << sink.error().what;
  StreamSpec player = sink_device("pf-player");
  player.media_class.clear();
  player.direction = StreamDirection::into_graph;
  player.target = "pf-sink";
  auto playing = Stream::open(*connection, player, [](const StreamBlock& block) {
    for (std::size_t i = 0; i < block.samples.size(); ++i)
      block.samples[i] = i % 2 == 0 ? 0.25F : -0.5F;
  });
  ASSERT_TRUE(playing) << playing.error().what;
  std::vector<float> heard(2);
  EXPECT_TRUE(eventually([&] {
    ring.discard(1);
    return ring.pop(heard) == 1 && heard[0] == 0.25F && heard[1] == -0.5F;
  })) << heard[0]
      << ' ' << heard[1];
}

TEST_F(PipeWire, ADeadServerIsReportedAndANewConnectionFindsTheNewOne) {
  Doorbell bell;
  auto connection = connect(&bell);
  ASSERT_TRUE(connection);
  auto source = Stream::open(*connection, source_device("pf-tone"), [](const StreamBlock&) {});
  ASSERT_TRUE(source) << source.error().what;
  EXPECT_TRUE((*source)->check());
  bell.take();
  server.kill(SoundProgram::pipewire);
  bell.wait(seconds(10));
  ASSERT_TRUE(eventually([&] { return !connection->check(); }));
  EXPECT_EQ(connection->check().error().kind, ErrorKind::lost);
  EXPECT_EQ((*source)->check().error().kind, ErrorKind::lost);
  server.start();
  EXPECT_FALSE(connection->check());
  source->reset();
  connection = connect(&bell);
  ASSERT_TRUE(connection);
  EXPECT_TRUE(connection->check());
}

TEST_F(PipeWire, ChoosesADefaultDeviceAndGivesItBack) {
  server.add_null_sink("first");
  server.add_null_sink("second");
  const auto connection = connect();
  ASSERT_TRUE(connection);
  auto nodes = DefaultNodes::open(*connection);
  ASSERT_TRUE(nodes) << nodes.error().what;
  EXPECT_EQ((*nodes)->chosen(DefaultNode::sink), std::nullopt);
  for (const std::string name : {"first", "second"}) {
    ASSERT_TRUE((*nodes)->choose(DefaultNode::sink, name));
    EXPECT_EQ((*nodes)->chosen(DefaultNode::sink), name);
    EXPECT_TRUE(eventually([&] { return (*nodes)->elected(DefaultNode::sink) == name; }));
  }
  ASSERT_TRUE((*nodes)->clear(DefaultNode::sink));
  EXPECT_EQ((*nodes)->chosen(DefaultNode::sink), std::nullopt);
  EXPECT_TRUE((*nodes)->check());
  server.kill(SoundProgram::wireplumber);
  EXPECT_TRUE(eventually([&] { return !(*nodes)->check(); }));
  EXPECT_EQ((*nodes)->choose(DefaultNode::sink, "first").error().kind, ErrorKind::lost);
}

// The server tells a change only to whoever binds the metadata in that instant.
TEST_F(PipeWire, AChoiceIsHeardOfWhileOthersBeginToListen) {
  server.add_null_sink("first");
  const auto connection = connect();
  ASSERT_TRUE(connection);
  const auto nodes = DefaultNodes::open(*connection).value();
  std::atomic<bool> over{false};
  std::vector<std::thread> newcomers(4);
  for (std::thread& newcomer : newcomers) {
    newcomer = std::thread([&] {
      const auto other = connect();
      while (!over) EXPECT_TRUE(DefaultNodes::open(*other));
    });
  }
  for (int round = 0; round < 50; ++round) {
    EXPECT_TRUE(nodes->choose(DefaultNode::sink, "first"));
    EXPECT_TRUE(nodes->clear(DefaultNode::sink));
  }
  over = true;
  for (std::thread& newcomer : newcomers) newcomer.join();
}

// The server waits for the manager on behalf of whoever looks at its settings, and does not listen
// meanwhile: this one is never going to answer.
TEST_F(PipeWire, AProgramThatTheServerHasForgottenIsListenedToAgain) {
  const auto forgotten = connect();
  server.freeze(SoundProgram::wireplumber);
  ASSERT_FALSE(DefaultNodes::open(*forgotten, milliseconds(300)));
  ASSERT_FALSE(forgotten->round_trip(milliseconds(300)));
  const auto helper = connect();
  const auto release = BusyRelease::open(*helper);
  ASSERT_TRUE(release);
  EXPECT_TRUE(forgotten->round_trip(seconds(10)));
  server.thaw(SoundProgram::wireplumber);
}

TEST_F(PipeWire, AskingSomethingOfWhatHasJustGoneCostsNobodyHisConnection) {
  const auto connection = connect();
  pw_registry* registry = nullptr;
  {
    LoopLock lock(connection->loop());
    registry = pw_core_get_registry(connection->core(), PW_VERSION_REGISTRY, 0);
    ASSERT_NE(registry, nullptr);
    pw_core_destroy(connection->core(), registry);
    pw_registry_destroy(registry, 12'345);
  }
  EXPECT_TRUE(connection->round_trip());
  EXPECT_TRUE(connection->check());
  LoopLock lock(connection->loop());
  pw_proxy_destroy(reinterpret_cast<pw_proxy*>(registry));
}

TEST(NodeName, IsWrittenAndReadAsTheSessionManagerDoes) {
  for (const std::string name : {"alsa_output.pci-0000_00_1b.0", "with \"quotes\" and \\", "ü"})
    EXPECT_EQ(parse_node_name(write_node_name(name)), name);
  EXPECT_EQ(parse_node_name(R"({"name":"x"})"), "x");
  EXPECT_EQ(parse_node_name(R"({"other": [1, {"name": 2}], "name": "y"})"), "y");
  for (const std::string bad : {"", "{", "null", "[]", R"({"name")", R"({"name":)", R"({"n":"x"})"})
    EXPECT_EQ(parse_node_name(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace pf::sound
