// The microphone against a real server and real recorders.
#include "host/audio/pipewire/mic_node.h"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/runtime/sample_ring.h"
#include "core/runtime/system_clock.h"
#include "sound/pipewire/default_nodes.h"
#include "sound/pipewire/stream.h"
#include "testing/sound_server.h"

namespace pf::audio::pipewire {
namespace {

using testing::SoundProgram;

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 2'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return false;
}

// Speaks 440 Hz into a sink, in packets of 10 ms, in real time.
class Speaker {
 public:
  explicit Speaker(MicSink& sink) : thread_([this, &sink] { run(sink); }) {}
  ~Speaker() {
    over_ = true;
    thread_.join();
  }
  Nanos longest_push() const { return Nanos(longest_push_ns_.load()); }

 private:
  void run(MicSink& sink) {
    std::vector<float> packet(480);
    std::uint64_t phase = 0;
    SystemClock clock;
    for (auto due = std::chrono::steady_clock::now(); !over_; due += milliseconds(10)) {
      std::this_thread::sleep_until(due);
      for (float& sample : packet)
        sample = 0.5F *
                 static_cast<float>(std::sin(0.0575958653 * static_cast<double>(phase++ % 1'200)));
      const LocalTime before = clock.now();
      sink.push(packet);
      longest_push_ns_ = std::max<std::int64_t>(longest_push_ns_, (clock.now() - before).count());
    }
  }
  std::atomic<bool> over_{false};
  std::atomic<std::int64_t> longest_push_ns_{0};
  std::thread thread_;
};

class Recorder {
 public:
  explicit Recorder(sound::Connection& connection) {
    sound::StreamSpec spec;
    spec.node_name = "pf-recorder";
    spec.target = kMicNodeName;
    spec.position = {sound::Speaker::mono};
    stream_ = sound::Stream::open(connection, spec, [this](const sound::StreamBlock& block) {
                ring_.push(block.samples);
              }).value();
  }
  std::vector<float> take(std::size_t frames) {
    std::vector<float> samples(frames);
    ring_.discard();
    if (!eventually([&] { return ring_.size_frames() >= frames; })) return {};
    ring_.pop(samples);
    return samples;
  }
  bool hears() {
    const auto samples = take(480);
    return std::any_of(samples.begin(), samples.end(), [](float s) { return std::abs(s) > 0.1F; });
  }

 private:
  SampleRing ring_{1, 1 << 18};
  std::unique_ptr<sound::Stream> stream_;
};

double silent_share(const std::vector<float>& samples) {
  std::size_t silent = 0, run = 0;
  for (const float sample : samples) {
    run = std::abs(sample) < 1e-3F ? run + 1 : 0;
    if (run >= 48) silent += run == 48 ? 48 : 1;
  }
  return samples.empty() ? 1 : static_cast<double>(silent) / static_cast<double>(samples.size());
}

class MicNodeTest : public ::testing::Test {
 protected:
  MicNodeTest() {
    sink = mic_backend({server.socket_path()}, clock)(bell).value();
    connection = sound::Connection::open({server.socket_path()}, nullptr).value();
  }
  testing::SoundServer server;
  SystemClock clock;
  Doorbell bell;
  std::unique_ptr<MicSink> sink;
  std::unique_ptr<sound::Connection> connection;
};

TEST_F(MicNodeTest, IsHeardWhoeverComesFirst) {
  for (const bool recorder_first : {true, false}) {
    std::unique_ptr<Recorder> recorder;
    if (recorder_first) recorder = std::make_unique<Recorder>(*connection);
    const Speaker speaker(*sink);
    if (!recorder_first) {
      std::this_thread::sleep_for(milliseconds(200));
      recorder = std::make_unique<Recorder>(*connection);
    }
    ASSERT_TRUE(eventually([&] { return recorder->hears(); }));
    EXPECT_TRUE(sink->recorded());
    // On a starved machine it takes some dry spells to learn how late things come.
    EXPECT_TRUE(eventually([&] { return silent_share(recorder->take(48'000)) <= 0.004; }))
        << recorder_first;
  }
}

TEST_F(MicNodeTest, IsTheDefaultSourceOnlyWhereThereIsNoOther) {
  const auto nodes = sound::DefaultNodes::open(*connection).value();
  EXPECT_TRUE(eventually(
      [&] { return nodes->elected(sound::DefaultNode::source) == std::string(kMicNodeName); }));
  sound::StreamSpec other;
  other.node_name = "users-own";
  other.direction = sound::StreamDirection::into_graph;
  other.media_class = "Audio/Source";
  other.position = {sound::Speaker::mono};
  other.properties = {{"priority.session", "1000"}};
  const auto stream = sound::Stream::open(*connection, other, [](const sound::StreamBlock&) {});
  ASSERT_TRUE(stream);
  EXPECT_TRUE(
      eventually([&] { return nodes->elected(sound::DefaultNode::source) == "users-own"; }));
}

TEST_F(MicNodeTest, PlaysNothingOldToANewRecorderAndNothingAfterADiscard) {
  {
    const Speaker speaker(*sink);
    std::this_thread::sleep_for(milliseconds(300));
  }
  std::this_thread::sleep_for(milliseconds(600));
  Recorder recorder(*connection);
  auto heard = recorder.take(24'000);
  EXPECT_EQ(std::count(heard.begin(), heard.end(), 0.0F), 24'000);
  {
    const Speaker speaker(*sink);
    ASSERT_TRUE(eventually([&] { return recorder.hears(); }));
  }
  sink->discard();
  std::this_thread::sleep_for(milliseconds(200));
  heard = recorder.take(24'000);
  EXPECT_EQ(std::count(heard.begin(), heard.end(), 0.0F), 24'000);
}

TEST_F(MicNodeTest, ARecorderThatNeverReadsDisturbsNobody) {
  const Speaker speaker(*sink);
  const pid_t stuck = server.spawn({"pw-record", "--target", kMicNodeName, "/dev/null"});
  ASSERT_TRUE(eventually([&] { return sink->recorded(); }));
  kill(stuck, SIGSTOP);
  Recorder recorder(*connection);
  EXPECT_TRUE(eventually([&] { return recorder.hears(); }));
  EXPECT_LT(speaker.longest_push(), milliseconds(100));
  kill(stuck, SIGKILL);
  testing::SoundServer::finish(stuck);
  EXPECT_TRUE(eventually([&] { return recorder.hears(); }));
}

TEST_F(MicNodeTest, SaysThatItIsMuted) {
  EXPECT_FALSE(sink->muted());
  const auto set = [&](const char* value) {
    server.run({"wpctl", "set-mute", "@DEFAULT_AUDIO_SOURCE@", value});
  };
  // It becomes the default one in a moment.
  EXPECT_TRUE(eventually([&] { return set("1"), sink->muted(); }));
  EXPECT_TRUE(eventually([&] { return set("0"), !sink->muted(); }));
}

TEST_F(MicNodeTest, OutlivesItsSessionManagerAndSaysWhenItsServerDies) {
  const Speaker speaker(*sink);
  {
    // Used once, its ports are as the first manager wants them, and as the next one finds them.
    Recorder recorder(*connection);
    EXPECT_TRUE(eventually([&] { return recorder.hears(); }));
  }
  server.kill(SoundProgram::wireplumber);
  const auto alive = sink->alive();
  EXPECT_TRUE(alive) << alive.error().what;
  server.start();
  Recorder recorder(*connection);
  EXPECT_TRUE(eventually([&] { return recorder.hears(); }));
  server.kill(SoundProgram::pipewire);
  EXPECT_TRUE(eventually([&] { return !sink->alive(); }));
}

}  // namespace
}  // namespace pf::audio::pipewire
