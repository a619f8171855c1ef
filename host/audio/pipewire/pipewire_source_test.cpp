// Against a real server of the test's own, and real programs that play.
#include "host/audio/pipewire/pipewire_source.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <thread>

#include "host/audio/conformance_testing.h"
#include "testing/sound_server.h"

namespace pf::audio::pipewire {
namespace {

using pf::testing::SoundProgram;
using pf::testing::SoundServer;
using testing::channel_of;
using testing::power_at;
using testing::rms;

constexpr double pitch_hz(std::size_t channel) {
  return 440.0 + 110.0 * static_cast<double>(channel);
}

void append(std::string& bytes, std::uint32_t number, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<char>(number >> (8 * i)));
}

// Half a minute of 16-bit sines, one pitch for each channel, as WAVE_FORMAT_EXTENSIBLE.
void write_wave(const std::string& path, std::uint32_t channel_count, std::uint32_t rate_hz,
                std::uint32_t channel_mask) {
  std::string second;  // all pitches repeat with it
  for (std::uint32_t i = 0; i < rate_hz; ++i) {
    for (std::uint32_t channel = 0; channel < channel_count; ++channel) {
      const double phase = 2 * std::numbers::pi * pitch_hz(channel) * i / rate_hz;
      append(second, static_cast<std::uint32_t>(std::lrint(8192 * std::sin(phase))), 2);
    }
  }
  std::string samples;
  for (int i = 0; i < 30; ++i) samples += second;
  std::string file = "RIFF";
  append(file, static_cast<std::uint32_t>(60 + samples.size()), 4);
  file += "WAVEfmt ";
  append(file, 40, 4);
  append(file, 0xFFFE, 2);
  append(file, channel_count, 2);
  append(file, rate_hz, 4);
  append(file, rate_hz * channel_count * 2, 4);
  append(file, channel_count * 2, 2);
  append(file, 16, 2);
  append(file, 22, 2);
  append(file, 16, 2);
  append(file, channel_mask, 4);
  append(file, 1, 2);  // PCM, and the rest of its GUID
  file += std::string("\x00\x00\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71", 14);
  file += "data";
  append(file, static_cast<std::uint32_t>(samples.size()), 4);
  std::ofstream(path, std::ios::binary) << file << samples;
}

class PipeWireSourceTest : public ::testing::Test {
 protected:
  void start(unsigned quantum_frames = 0, bool pulse = false) {
    server.emplace(
        pf::testing::SoundServerOptions{.pulse = pulse, .quantum_frames = quantum_frames});
    journal = restore::UndoJournal::open(server->folder() + "/undo").value();
    backend_ = backend({.server = {server->socket_path()}, .journal = journal.get()});
  }
  Result<std::unique_ptr<AudioSource>> open(const SourceRequest& request = {}) {
    return backend_.open(request, bell, clock);
  }
  // Plays until the end of the test.
  pid_t play(std::uint32_t channel_count, std::uint32_t rate_hz, std::uint32_t mask,
             std::vector<std::string> options = {}, const std::string& program = "pw-play") {
    const std::string path = server->folder() + "/" + program + ".wav";
    write_wave(path, channel_count, rate_hz, mask);
    std::vector<std::string> command{program};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(path);
    players.push_back(server->spawn(command));
    return players.back();
  }
  // Waits until the two programs are linked.
  bool both_play_to(const std::string& device) const {
    for (int i = 0; i < 200; ++i) {
      const std::string links = server->run({"timeout", "2", "pw-link", "-l"});
      const auto linked = [&](const std::string& program) {
        return links.find(program + ":output_FL\n  |-> " + device) != std::string::npos;
      };
      if (linked("pw-play") && linked("paplay")) return true;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return false;
  }
  // Waits until something is heard.
  static bool await_sound(AudioSource& source, std::size_t channel_count) {
    const SystemClock clock;
    Doorbell bell;
    std::vector<float> piece(240 * channel_count);
    for (const LocalTime until = clock.now() + seconds(10); clock.now() < until;) {
      const auto read = source.read(piece, bell, milliseconds(20));
      if (!read) return false;
      if (read->sample_count > 0 && rms(piece) > 0.05) return true;
    }
    return false;
  }
  // Reads until nothing comes any more; what is wrong if it was lost.
  static std::string await_quiet(AudioSource& source) {
    Doorbell bell;
    std::vector<float> piece(480);
    for (int empty = 0; empty < 5;) {
      const auto read = source.read(piece, bell, milliseconds(20));
      if (!read) return read.error().what;
      empty = read->sample_count > 0 ? 0 : empty + 1;
    }
    return "";
  }
  // Another connection than that which chose may hear of it a little later.
  static void expect_chosen(sound::DefaultNodes& nodes, std::optional<std::string> name) {
    for (int i = 0; i < 400 && nodes.chosen(sound::DefaultNode::sink) != name; ++i)
      std::this_thread::sleep_for(milliseconds(5));
    EXPECT_EQ(nodes.chosen(sound::DefaultNode::sink), name);
  }
  void TearDown() override {
    for (const pid_t player : players) SoundServer::finish(player);
  }

  SystemClock clock;
  Doorbell bell;
  std::optional<SoundServer> server;
  std::unique_ptr<restore::UndoJournal> journal;
  AudioBackend backend_;
  std::vector<pid_t> players;
};

constexpr std::uint32_t kStereoMask = 0x3;
constexpr std::uint32_t k51Mask = 0x3F;   // FL FR FC LFE BL BR
constexpr std::uint32_t k71Mask = 0x63F;  // FL FR FC LFE BL BR SL SR

// How far one sample is from what a sine of that pitch continues with: a gap or a jump is far.
double worst_jump(std::span<const float> samples, double frequency_hz) {
  const double factor = 2 * std::cos(2 * std::numbers::pi * frequency_hz / 48'000);
  double worst = 0;
  for (std::size_t i = 2; i < samples.size(); ++i) {
    const double next =
        factor * static_cast<double>(samples[i - 1]) - static_cast<double>(samples[i - 2]);
    worst = std::max(worst, std::abs(static_cast<double>(samples[i]) - next));
  }
  return worst;
}

// Why a recording is not the tones that were played, one on each channel; empty: it is.
std::string blemish(const testing::Recording& recording, std::size_t channel_count) {
  constexpr double kRms = 0.25 / std::numbers::sqrt2;
  for (std::size_t channel = 0; channel < channel_count; ++channel) {
    auto samples = channel_of(recording.sound, channel_count, channel);
    samples.resize(samples.size() / 4'800 * 4'800);  // whole periods of every pitch
    if (samples.size() < 24'000) return fmt::format("{} samples only", samples.size());
    if (const double jump = worst_jump(samples, pitch_hz(channel)); jump > 0.001)
      return fmt::format("a gap of {} on channel {}", jump, channel);
    if (const double loud = rms(samples); std::abs(loud - kRms) > 0.01 * kRms)
      return fmt::format("channel {} is of {} RMS", channel, loud);
    const double power = power_at(samples, pitch_hz(channel));
    for (std::size_t other = 0; other < channel_count; ++other) {
      if (other != channel && 1000 * power_at(samples, pitch_hz(other)) > power)
        return fmt::format("channel {} hears channel {}", channel, other);
    }
  }
  return "";
}

// A starved machine makes gaps of its own, in PipeWire and in the program that plays; a fault of
// ours would be in every second.
void expect_a_perfect_second(AudioSource& source, std::size_t channel_count) {
  std::string why;
  for (int i = 0; i < 20; ++i) {
    const auto recording = testing::record(source, channel_count, seconds(1));
    why = blemish(recording, channel_count);
    if (why.empty()) return testing::expect_sound_stamps(recording, milliseconds(100));
  }
  ADD_FAILURE() << "not one of 20 seconds was perfect; the last: " << why;
}

TEST_F(PipeWireSourceTest, HearsProgramsWithoutAGapAtAnyCycleAndRate) {
  for (const unsigned quantum : {256u, 1024u}) {
    start(quantum, true);
    const auto source = open();
    ASSERT_TRUE(source) << source.error().what;
    for (const std::uint32_t rate_hz : {48'000u, 44'100u}) {
      // pw-play reads its file between two cycles and makes gaps of its own on a busy machine.
      const pid_t player = play(2, rate_hz, kStereoMask, {}, "paplay");
      ASSERT_TRUE(await_sound(**source, 2)) << quantum << ' ' << rate_hz;
      expect_a_perfect_second(**source, 2);
      SoundServer::finish(player);
      players.pop_back();
    }
  }
}

TEST_F(PipeWireSourceTest, KeepsEachSpeakerApart) {
  start(0, true);
  for (const auto& [layout, mask] :
       {std::pair(kSurround51, k51Mask), std::pair(kSurround71, k71Mask)}) {
    const auto source = open({.layout = layout});
    ASSERT_TRUE(source) << source.error().what;
    // As above: not pw-play.
    const pid_t player = play(layout.channel_count, 48'000, mask, {}, "paplay");
    ASSERT_TRUE(await_sound(**source, layout.channel_count));
    expect_a_perfect_second(**source, layout.channel_count);
    SoundServer::finish(player);
    players.pop_back();
  }
}

TEST_F(PipeWireSourceTest, KeepsWhatEverySourcePromisesWhileNothingPlays) {
  start();
  const auto source = open();
  ASSERT_TRUE(source) << source.error().what;
  testing::expect_patience(**source, 2);
  const auto recording = testing::record(**source, 2, milliseconds(200));
  EXPECT_EQ(rms(recording.sound), 0.0);
}

TEST_F(PipeWireSourceTest, IsTheDefaultDeviceWhileItLives) {
  start();
  server->add_null_sink("speakers");
  const auto connection = sound::Connection::open({server->socket_path()}, nullptr).value();
  const auto nodes = sound::DefaultNodes::open(*connection).value();
  ASSERT_TRUE(nodes->choose(sound::DefaultNode::sink, "speakers"));
  {
    const auto source = open();
    ASSERT_TRUE(source) << source.error().what;
    expect_chosen(*nodes, kSinkName);
  }
  expect_chosen(*nodes, "speakers");
  EXPECT_FALSE(journal->has_left_overs());
}

TEST_F(PipeWireSourceTest, ListensToTheUsersDeviceWhereTheHostShallHearItToo) {
  start();
  server->add_null_sink("speakers");
  const auto source = open({.plays_on_host = true});
  ASSERT_TRUE(source) << source.error().what;
  play(2, 48'000, kStereoMask, {"--target", "speakers"});
  EXPECT_TRUE(await_sound(**source, 2));
  EXPECT_EQ(server->run({"pw-cli", "ls", "Node"}).find("node.name = \"punktfunk\""),
            std::string::npos);
}

// pw-play is content with 100 ms, so its device turns in the longest cycles there are. Under
// shorter ones it might fall silent (sound/pipewire/stream.h).
TEST_F(PipeWireSourceTest, LeavesTheCycleOfTheUsersDeviceAsItIs) {
  start();
  server->add_null_sink("speakers");
  play(2, 48'000, kStereoMask, {"--target", "speakers"});
  const auto source = open({.plays_on_host = true});
  ASSERT_TRUE(source) << source.error().what;
  ASSERT_TRUE(await_sound(**source, 2));
  // A cycle's samples come together, and are all there when the reader wakes up.
  std::vector<float> piece(2 * 4'096);
  std::vector<std::size_t> counts;
  while (counts.size() < 21) {
    const auto read = (*source)->read(piece, bell, milliseconds(100));
    ASSERT_TRUE(read) << read.error().what;
    if (read->sample_count > 0) counts.push_back(read->sample_count);
  }
  std::nth_element(counts.begin(), counts.begin() + 10, counts.end());
  EXPECT_GE(counts[10], 1'024u);
}

TEST_F(PipeWireSourceTest, SharesItsDeviceWithTheNextSessionAndLeavesItToIt) {
  start();
  auto first = open();
  ASSERT_TRUE(first) << first.error().what;
  auto second = open({.layout = kStereo});
  ASSERT_TRUE(second) << second.error().what;
  play(2, 48'000, kStereoMask);
  EXPECT_TRUE(await_sound(**first, 2));
  EXPECT_TRUE(await_sound(**second, 2));
  first->reset();
  std::vector<float> piece(480);
  Result<SoundRead> read = SoundRead{};
  for (int i = 0; i < 500 && read; ++i) read = (*second)->read(piece, bell, milliseconds(10));
  ASSERT_FALSE(read) << "it has to be opened again to become the owner";
  EXPECT_EQ(read.error().kind, ErrorKind::lost);
  second->reset();
  const auto third = open();
  ASSERT_TRUE(third) << third.error().what;
  EXPECT_TRUE(await_sound(**third, 2)) << "the program plays on to the new device";
}

TEST_F(PipeWireSourceTest, IsLostWithTheServerAndComesBackWithIt) {
  start();
  auto source = open();
  ASSERT_TRUE(source) << source.error().what;
  server->kill(SoundProgram::pipewire);
  std::vector<float> piece(480);
  Result<SoundRead> read = SoundRead{};
  for (int i = 0; i < 500 && read; ++i) read = (*source)->read(piece, bell, milliseconds(10));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::lost);
  source->reset();
  EXPECT_EQ(open().error().kind, ErrorKind::unavailable);
  server->start();
  const auto again = open();
  ASSERT_TRUE(again) << again.error().what;
  play(2, 48'000, kStereoMask);
  EXPECT_TRUE(await_sound(**again, 2));
}

TEST_F(PipeWireSourceTest, GoesOnWhenTheSessionManagerIsReplacedUnderIt) {
  start();
  auto source = open();
  ASSERT_TRUE(source) << source.error().what;
  play(2, 48'000, kStereoMask);
  ASSERT_TRUE(await_sound(**source, 2));
  for (int i = 0; i < 3; ++i) {
    server->kill(SoundProgram::wireplumber);
    ASSERT_EQ(await_quiet(**source), "");
    server->start();
    EXPECT_TRUE(await_sound(**source, 2)) << "the program that played plays on";
    testing::record(**source, 2, milliseconds(200));  // the choice is renewed while it is read
  }
  const auto connection = sound::Connection::open({server->socket_path()}, nullptr).value();
  const auto nodes = sound::DefaultNodes::open(*connection).value();
  expect_chosen(*nodes, kSinkName);
  source->reset();
  expect_chosen(*nodes, std::nullopt);
  EXPECT_FALSE(journal->has_left_overs());
}

TEST_F(PipeWireSourceTest, HearsTheUsersDeviceAgainWhenTheSessionManagerIsReplaced) {
  start();
  server->add_null_sink("speakers");
  const auto source = open({.plays_on_host = true});
  ASSERT_TRUE(source) << source.error().what;
  play(2, 48'000, kStereoMask, {"--target", "speakers"});
  ASSERT_TRUE(await_sound(**source, 2));
  for (int i = 0; i < 3; ++i) {
    server->kill(SoundProgram::wireplumber);
    ASSERT_EQ(await_quiet(**source), "");
    server->start();
    EXPECT_TRUE(await_sound(**source, 2)) << "the program that played plays on";
  }
}

// Programs of both kinds look at the new manager's settings while it sets their ports, and end when
// it tells them that there is no device.
TEST_F(PipeWireSourceTest, EveryProgramIsLinkedAgainWhenTheSessionManagerIsReplaced) {
  for (const bool plays_on_host : {false, true}) {
    start(0, true);
    server->add_null_sink("speakers");
    const auto source = open({.plays_on_host = plays_on_host});
    ASSERT_TRUE(source) << source.error().what;
    play(2, 48'000, kStereoMask);
    play(2, 48'000, kStereoMask, {}, "paplay");
    const std::string device = plays_on_host ? "speakers" : kSinkName;
    ASSERT_TRUE(both_play_to(device)) << server->run({"timeout", "2", "pw-link", "-l"});
    for (int i = 0; i < 3; ++i) {
      server->kill(SoundProgram::wireplumber);
      ASSERT_EQ(await_quiet(**source), "");
      server->start();
      testing::record(**source, 2, milliseconds(200));  // the choice is renewed while it is read
      EXPECT_TRUE(both_play_to(device)) << server->run({"timeout", "2", "pw-link", "-l"});
    }
    for (; !players.empty(); players.pop_back()) SoundServer::finish(players.back());
  }
}

TEST_F(PipeWireSourceTest, IsLostWhenItsSinkIsTakenAway) {
  start();
  auto source = open();
  ASSERT_TRUE(source) << source.error().what;
  server->run({"pw-cli", "destroy", kSinkName});
  std::vector<float> piece(480);
  Result<SoundRead> read = SoundRead{};
  for (int i = 0; i < 500 && read; ++i) read = (*source)->read(piece, bell, milliseconds(10));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::lost);
}

TEST(PipeWireSource, IsUnavailableWhereNoServerRuns) {
  const SystemClock clock;
  Doorbell bell;
  const auto source = backend({.server = {"/tmp/pf-nowhere/pipewire-0"}}).open({}, bell, clock);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace pf::audio::pipewire
