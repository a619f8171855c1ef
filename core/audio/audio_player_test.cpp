#include "core/audio/audio_player.h"

#include <gtest/gtest.h>

#include "core/audio/opus_encoder.h"
#include "core/audio/player_world_testing.h"
#include "core/audio/tone_testing.h"

namespace pf::audio {
namespace {

using testing::ClickDetector;
using testing::GapDetector;
using testing::PlayerWorld;
using testing::ToneDecoder;
using Sends = PlayerWorld::Sends;

constexpr double kRate = 48'000;

// Share of a block's energy that is not within a few bins of the tone, through a window with side
// lobes below -92 dB (Blackman-Harris: en.wikipedia.org/wiki/Window_function).
class Spectrum {
 public:
  static constexpr std::size_t kBlock = 8'192;

  explicit Spectrum(double rate_hz) : rate_hz_(rate_hz) {
    for (std::size_t i = 0; i < kBlock; ++i) {
      const double x = 2 * std::numbers::pi * static_cast<double>(i) / kBlock;
      window_.push_back(0.35875 - 0.48829 * std::cos(x) + 0.14128 * std::cos(2 * x) -
                        0.01168 * std::cos(3 * x));
    }
  }
  // Looks at every eighth block, which takes long enough; a click anywhere shows elsewhere.
  void add(std::span<const float> samples) {
    for (const float sample : samples) {
      if (count_++ / kBlock % 8 != 0) continue;
      block_.push_back(static_cast<float>(sample * window_[block_.size()]));
      if (block_.size() < kBlock) continue;
      worst_ = std::max(worst_, outside());
      block_.clear();
    }
  }
  double worst() const { return worst_; }

 private:
  // Parseval: the energy of all bins is that of the samples.
  double outside() const {
    double all = 0;
    for (const float sample : block_) all += double{sample} * sample;
    const auto tone = std::lround(ToneDecoder::kFrequency_hz * kBlock / rate_hz_);
    double inside = 0;
    for (long bin = tone - kBins; bin <= tone + kBins; ++bin) {
      const double power = testing::power_at(block_, static_cast<double>(bin) / kBlock, 1);
      inside += 2 * power * (kBlock / 2.0) * (kBlock / 2.0) / kBlock;  // and its mirror image
    }
    return (all - inside) / all;
  }
  static constexpr long kBins = 8;
  const double rate_hz_;
  std::vector<double> window_;
  std::vector<float> block_;
  std::uint64_t count_ = 0;
  double worst_ = 0;
};

struct Heard {
  explicit Heard(double rate_hz = kRate) : clicks(ToneDecoder::kFrequency_hz, rate_hz) {}
  ClickDetector clicks;
  GapDetector gaps;
  void operator()(std::span<const float> block, double) {
    for (const float sample : block) {
      clicks.add(sample);
      gaps.add(sample);
    }
  }
  void reset() {
    clicks.reset();
    gaps.reset();
  }
};

// What fading in over 5 ms deviates from a sine, and the 0.5 % that the pitch may be off.
constexpr double kNoClick = 1e-3;

void expect_steady(double ppm, std::uint32_t rate_hz, Nanos length) {
  PlayerWorld world;
  world.format.rate_hz = world.output_rate_hz = rate_hz;
  world.format.frame_samples = rate_hz / 200;
  world.quantum = rate_hz * 256 / 48'000;
  world.host_faster_ppm = ppm;
  Spectrum spectrum(rate_hz);
  Heard heard(rate_hz);
  double furthest_ms = 0;
  world.listen = [&](std::span<const float> block, double at_s) {
    if (at_s < 1) return;
    heard(block, at_s);
    spectrum.add(block);
    const auto off =
        std::chrono::duration<double, std::milli>(world.player->depth() - world.player->target());
    furthest_ms = std::max(furthest_ms, std::abs(off.count()));
  };
  world.run(length);
  EXPECT_LE(furthest_ms, 5.0);
  EXPECT_LT(heard.clicks.largest(), kNoClick);
  EXPECT_LT(spectrum.worst(), 1e-7);  // -70 dB
  EXPECT_LT(heard.gaps.longest(), 20u);
  EXPECT_NEAR(world.player->drift(), ppm * 1e-6, 50e-6);
  EXPECT_EQ(world.player->counts().starts, 1u);
  EXPECT_EQ(world.player->counts().dry_spells, 0u);
  EXPECT_EQ(world.player->counts().cuts, 0u);
}

// What the graph of a host in long cycles makes of packets, whichever cycle the output has; and
// once in ten seconds the host stands still for 15 ms. Cycles in samples at 48 kHz.
void expect_unbroken(std::uint64_t host_cycle, std::size_t quantum) {
  PlayerWorld world;
  world.format.rate_hz = world.output_rate_hz = 12'000;  // see below
  world.format.frame_samples = 60;
  world.quantum = quantum / 4;
  world.network = [host_cycle](std::uint64_t number) -> std::optional<Nanos> {
    // It leaves with the cycle in which its last sample was played.
    const std::uint64_t waits = (host_cycle - (number + 1) * 240 % host_cycle) % host_cycle;
    const std::uint64_t since_ms = (number + 500) % 2'000 * 5;
    const Nanos held = since_ms < 15 ? milliseconds(15 - since_ms) : Nanos(0);
    return std::max(Nanos(static_cast<std::int64_t>(waits * 62'500 / 3)), held);
  };
  Heard heard(world.output_rate_hz);
  world.listen = [&](std::span<const float> block, double at_s) {
    if (at_s > 0.3) heard(block, at_s);
  };
  const Nanos least =
      DepthTarget::kLeast + Nanos(static_cast<std::int64_t>(host_cycle) * 62'500 / 3);
  for (int round = 0; round < 4; ++round) {
    world.run(seconds(20));
    EXPECT_LE(world.player->target(), std::max(least, DepthTarget::kFirst));
  }
  EXPECT_LE(world.player->target(), std::max<Nanos>(least, milliseconds(25)));
  EXPECT_EQ(world.player->counts().dry_spells, 0u);
  EXPECT_EQ(world.player->counts().cuts, 0u);
  EXPECT_LT(heard.gaps.longest(), 12u);  // 1 ms
  EXPECT_LT(heard.clicks.largest(), kNoClick);
}

TEST(AudioPlayer, BurstsAndHesitationsAreHeardNeitherInTheFirstMinuteNorLater) {
  for (const std::uint64_t host_cycle : {256u, 1'024u, 2'048u}) {
    for (const std::size_t quantum : {240u, 256u, 1'024u}) {
      SCOPED_TRACE(fmt::format("cycle {} of the host, {} of the output", host_cycle, quantum));
      expect_unbroken(host_cycle, quantum);
    }
  }
}

// A quarter of the samples, for a quarter of the time; nothing here knows the rate.
TEST(AudioPlayer, AFasterHostKeepsTheDepthForTenMinutesWithoutAClick) {
  expect_steady(500, 12'000, seconds(600));
}
TEST(AudioPlayer, ASlowerHostKeepsTheDepthForTenMinutesWithoutAClick) {
  expect_steady(-500, 12'000, seconds(600));
}
TEST(AudioPlayer, KeepsTheDepthWithoutAClickAtTheUsualRate) {
  expect_steady(-500, 48'000, seconds(60));
}

TEST(AudioPlayer, LosesNoSoundAtTwoPercentLossWhenFramesAreRepeated) {
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SeededRng rng(seed);
    PlayerWorld world;
    world.redundancy = true;
    world.quantum = seed % 2 == 0 ? 256 : 1'024;
    std::map<std::uint64_t, bool> dropped;
    world.network = [&](std::uint64_t) -> std::optional<Nanos> {
      if (rng.unit() < 0.02) return std::nullopt;
      return Nanos(static_cast<std::int64_t>(rng.below(2'000'000)));
    };
    Heard heard;
    world.listen = [&](std::span<const float> block, double at_s) {
      if (at_s > 1) heard(block, at_s);
    };
    world.run(seconds(10));
    EXPECT_LE(heard.gaps.longest(), 480u) << "seed " << seed;  // 10 ms
    lost += world.player->counts().lost;
  }
  EXPECT_LT(lost, 40u);  // of 40 000: when two in a row go
}

// As AudioPlayer's users have it: losses without repetition leave libopus to make something up.
TEST(AudioPlayer, ConcealsLossesOfOpusWithoutAGap) {
  const message::Welcome welcome;
  const StreamFormat format = format_of(welcome);
  auto player = *AudioPlayer::open(format, 48'000, *open_frame_decoder(welcome));
  auto encoder = *OpusEncoder::open({});
  SeededRng rng(5);
  GapDetector gaps;
  std::vector<float> block(std::size_t{2} * format.frame_samples);
  std::array<std::byte, 1'276> room;
  for (std::uint32_t i = 0; i < 4'000; ++i) {
    std::fill(block.begin(), block.end(), 0.0F);
    for (const std::size_t channel : {0u, 1u})
      testing::add_tone(block, 2, channel, {}, std::size_t{i} * format.frame_samples);
    const auto packet = encoder.encode(block, room);
    if (rng.unit() >= 0.02) {
      player.put({.sequence = i, .pts = WireTime(i * milliseconds(5)), .bytes = packet},
                 LocalTime(i * milliseconds(5)));
    }
    player.render(block);
    for (std::size_t at = 0; at < block.size(); at += 2) gaps.add(block[at]);
    if (i == 100) gaps.reset();
  }
  EXPECT_GT(player.counts().lost, 40u);
  EXPECT_LT(gaps.longest(), 48u);  // 1 ms
  EXPECT_EQ(player.counts().garbage, 0u);
}

TEST(AudioPlayer, SurvivesJitterOnAHundredSeedsAndComesBackToLittleDelay) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SeededRng rng(seed);
    PlayerWorld world;
    world.format.rate_hz = world.output_rate_hz = 12'000;
    world.format.frame_samples = 60;
    world.quantum = std::size_t{16} << rng.below(5);
    world.host_faster_ppm = 1'000 * (rng.unit() - 0.5);
    world.redundancy = rng.below(2) == 0;
    world.first_sequence = rng.below(2) == 0 ? 0xFFFF'FF80U : 0;
    const double loss = 0.05 * rng.unit();
    const double most_ms = 40 * rng.unit();
    const std::uint64_t stall_every = 300 + rng.below(300);
    const std::uint64_t stall_ms = rng.below(80);
    world.network = [&](std::uint64_t number) -> std::optional<Nanos> {
      if (rng.unit() < loss) return std::nullopt;
      if (number > 1'600) return Nanos(0);  // then all is well again
      // A radio that is away: what was sent meanwhile comes at once, when it is back.
      const std::uint64_t since_ms = number % stall_every * 5;
      const double stalled_ms =
          since_ms < stall_ms ? static_cast<double>(stall_ms - since_ms) : 0.0;
      return Nanos(static_cast<std::int64_t>((stalled_ms + most_ms * rng.unit()) * 1e6));
    };
    world.run(seconds(8));
    EXPECT_LE(world.player->depth(),
              DepthTarget::kMost + AudioPlayer::kMaxExcess + milliseconds(60))
        << "seed " << seed;
    world.run(seconds(2));
    ASSERT_TRUE(world.player->position()) << "seed " << seed;
    const auto& counts = world.player->counts();
    EXPECT_LE(counts.starts, 4u) << "seed " << seed;
    EXPECT_EQ(counts.strangers, 0u);
    EXPECT_EQ(counts.garbage, 0u);
  }
}

TEST(AudioPlayer, DelayShrinksAgainAfterABurst) {
  PlayerWorld world;
  world.network = [](std::uint64_t number) {
    // 400 ms of packets that come at once.
    return number >= 1'000 && number < 1'080 ? milliseconds(5 * static_cast<int>(1'080 - number))
                                             : Nanos(0);
  };
  world.run(seconds(6));
  EXPECT_GT(world.player->counts().dry_spells, 0u);
  for (int i = 0; i < 60; ++i) {
    world.run(seconds(1));
    EXPECT_LT(std::abs(world.player->drift()), 200e-6) << i;  // what shrinks is not taken for drift
  }
  EXPECT_LE(world.player->depth(), world.player->target() + milliseconds(5));
  EXPECT_LE(world.player->target(), milliseconds(40));
}

TEST(AudioPlayer, WhatComesAtOnceIsNotPlayedLate) {
  PlayerWorld world;
  world.network = [](std::uint64_t number) {
    return number < 200 ? milliseconds(5 * static_cast<int>(200 - number)) : Nanos(0);
  };
  world.run(milliseconds(1'500));
  EXPECT_LE(world.player->depth(), DepthTarget::kFirst + milliseconds(15));
}

TEST(AudioPlayer, AnEmptyPacketIsSilenceAndNoLoss) {
  PlayerWorld world;
  world.host = [](std::uint64_t number) {
    return number >= 400 && number < 600 ? Sends::empty : Sends::tone;
  };
  Heard heard;
  float loudest = 0;
  world.listen = [&](std::span<const float> block, double at_s) {
    if (at_s > 1) heard(block, at_s);
    if (at_s > 2.1 && at_s < 2.9) {
      for (const float sample : block) loudest = std::max(loudest, std::abs(sample));
    }
  };
  world.run(seconds(4));
  EXPECT_EQ(world.player->counts().quiet, 200u);
  EXPECT_EQ(world.player->counts().lost, 0u);
  EXPECT_EQ(world.player->counts().dry_spells, 0u);
  EXPECT_EQ(world.player->counts().starts, 1u);
  EXPECT_EQ(world.player->counts().made_up, Nanos(0));
  EXPECT_LT(loudest, 1e-4F);
}

TEST(AudioPlayer, AHostThatSendsNothingForAWhileIsSilentAndNothingIsLost) {
  PlayerWorld world;
  world.host = [](std::uint64_t number) {
    return number >= 400 && number < 1'000 ? Sends::nothing : Sends::tone;
  };
  Heard heard;
  world.run(milliseconds(2'500));
  EXPECT_FALSE(world.player->position());
  world.run(milliseconds(3'500));
  world.listen = std::ref(heard);
  world.run(seconds(2));
  EXPECT_TRUE(world.player->position());
  EXPECT_EQ(world.player->counts().starts, 2u);
  EXPECT_EQ(world.player->counts().lost, 0u);
  EXPECT_LE(world.player->counts().made_up, AudioPlayer::kMaxMadeUp);
  EXPECT_LT(heard.clicks.largest(), kNoClick);
  EXPECT_LE(world.player->target(), DepthTarget::kFirst);  // a pause is no jitter
}

TEST(AudioPlayer, WhatWaitedWhileTheDeviceWasAwayIsNotPlayed) {
  PlayerWorld world;
  world.run(seconds(1));
  const std::array<std::byte, 4> bytes{};
  for (std::uint32_t i = 190; i < 400; ++i) {
    world.player->put({.sequence = i, .pts = WireTime(i * milliseconds(5)), .bytes = bytes},
                      LocalTime(i * milliseconds(5)));
  }
  world.player->interrupt();
  EXPECT_FALSE(world.player->position());
  EXPECT_LT(world.player->depth(), milliseconds(1));
  std::array<float, 256> block;
  block.fill(1);
  world.player->render(block);
  for (const float sample : block) EXPECT_EQ(sample, 0.0F);
}

TEST(AudioPlayer, BeginsWithSilenceAndFadesIn) {
  PlayerWorld world;
  std::vector<float> all;
  world.listen = [&](std::span<const float> block, double) {
    all.insert(all.end(), block.begin(), block.end());
  };
  world.run(seconds(1));
  const auto first = std::find_if(all.begin(), all.end(), [](float x) { return x != 0; });
  EXPECT_LT(first - all.begin(), 48 * 45);
  ClickDetector clicks(ToneDecoder::kFrequency_hz, kRate);
  for (const float sample : all) clicks.add(sample);
  EXPECT_LT(clicks.largest(), 2e-3);
}

TEST(AudioPlayer, NumbersMayWrapAndBeginAnew) {
  PlayerWorld world;
  world.first_sequence = 0xFFFF'FFF0U;
  world.run(seconds(2));
  EXPECT_EQ(world.player->counts().lost, 0u);
  EXPECT_EQ(world.player->counts().strangers, 0u);
  const std::array<std::byte, 4> bytes{};
  for (std::uint32_t i = 0; i < 10; ++i) {
    world.player->put({.sequence = 70'000'000 + i, .pts = {}, .bytes = bytes},
                      LocalTime(seconds(2) + i * milliseconds(5)));
  }
  EXPECT_EQ(world.player->counts().strangers, JitterBuffer::kStrangersUntilBelieved - 1);
  EXPECT_EQ(world.player->counts().recounts, 1u);
}

TEST(AudioPlayer, LyingStampsAndGarbageCostNothing) {
  SeededRng rng(7);
  const StreamFormat format{.rate_hz = 48'000, .channel_count = 2, .frame_samples = 240};
  auto player = *AudioPlayer::open(format, 44'100, std::make_unique<ToneDecoder>(format));
  std::vector<float> block(2 * 441);
  std::vector<std::byte> bytes(2'000);
  for (int i = 0; i < 3'000; ++i) {
    const auto sequence = static_cast<std::uint32_t>(
        rng.below(4) == 0 ? rng.next() : static_cast<std::uint64_t>(i) + rng.below(600));
    player.put({.sequence = sequence,
                .pts = WireTime(Nanos(static_cast<std::int64_t>(rng.next()))),
                .bytes = Bytes(bytes).first(rng.below(4) == 0 ? rng.below(2'000) : 4)},
               LocalTime(Nanos(static_cast<std::int64_t>(rng.next() >> 2))));
    if (i % 3 != 0) continue;
    player.render(block);
    for (const float sample : block) ASSERT_LE(std::abs(sample), 1.0F);
    ASSERT_LE(player.depth(), seconds(2));
  }
}

TEST(AudioPlayer, ConvertsToTheDevicesRate) {
  for (const std::uint32_t rate_hz : {44'100u, 96'000u, 48'000u}) {
    PlayerWorld world;
    world.output_rate_hz = rate_hz;
    world.quantum = 512;
    std::vector<float> last;
    world.listen = [&](std::span<const float> block, double at_s) {
      if (at_s >= 2.9) last.insert(last.end(), block.begin(), block.end());
    };
    world.run(seconds(3));
    const double at = testing::power_at(last, ToneDecoder::kFrequency_hz, rate_hz);
    EXPECT_NEAR(std::sqrt(at), ToneDecoder::kAmplitude, 0.02) << rate_hz;
    EXPECT_EQ(world.player->counts().dry_spells, 0u);
  }
}

TEST(AudioPlayer, SaysWhichInstantOfTheHostIsHeard) {
  PlayerWorld world;
  world.run(seconds(3));
  const auto position = world.player->position();
  ASSERT_TRUE(position);
  // Packets take no time here, so what is heard lags by what waits.
  const Nanos heard = *position - WireTime(Nanos(1'700'000'000'000'000'000));
  const Nanos lag = seconds(3) - heard;
  EXPECT_NEAR(std::chrono::duration<double>(lag - world.player->depth()).count(), 0, 0.011);
}

}  // namespace
}  // namespace pf::audio
