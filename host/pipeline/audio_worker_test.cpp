#include "host/pipeline/audio_worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <numbers>

#include "core/audio/opus_decoder.h"
#include "core/audio/pcm.h"
#include "core/audio/tone_testing.h"
#include "core/runtime/system_clock.h"

namespace pf::pipeline {
namespace {

using audio::SoundRead;

constexpr std::size_t kFrameSamples = 240;

// A sound server that gives 440 Hz in chunks of a size to set, as fast as it is asked: its stamps
// count samples.
struct Server {
  std::size_t chunk_samples = 256;
  std::size_t chunks_until_lost = SIZE_MAX;
  std::size_t chunks_until_quiet = SIZE_MAX;
  std::atomic<std::uint64_t> next_sample{0};
  int opened = 0;
  int refusals = 0;  // of opening, before it is let in
  LocalTime start = SystemClock().now();
};

class FakeSource final : public audio::AudioSource {
 public:
  FakeSource(Server& server, std::size_t channel_count)
      : server_(server), channel_count_(channel_count) {
    ++server_.opened;
  }
  Result<SoundRead> read(std::span<float> interleaved, Doorbell& bell, Nanos patience) override {
    if (server_.chunks_until_lost == 0) {
      server_.chunks_until_lost = SIZE_MAX;
      return fail(ErrorKind::lost, "the sound server is gone");
    }
    if (waiting_ == 0) {
      if (server_.chunks_until_quiet == 0) {
        bell.wait(patience);
        return SoundRead{};
      }
      --server_.chunks_until_quiet;
      --server_.chunks_until_lost;
      waiting_ = server_.chunk_samples;
    }
    const std::size_t count = std::min(waiting_, interleaved.size() / channel_count_);
    const std::uint64_t first = server_.next_sample;
    std::fill(interleaved.begin(), interleaved.end(), 0.0f);
    for (std::size_t channel = 0; channel < channel_count_; ++channel) {
      audio::testing::add_tone(interleaved.first(count * channel_count_), channel_count_, channel,
                               {.amplitude = 0.25}, first);
    }
    waiting_ -= count;
    server_.next_sample += count;
    return SoundRead{count, server_.start + Nanos(static_cast<std::int64_t>(first) * 62'500 / 3)};
  }
  Nanos latency() const noexcept override { return milliseconds(5); }

 private:
  Server& server_;
  const std::size_t channel_count_;
  std::size_t waiting_ = 0;
};

class Listener final : public AudioOutlet {
 public:
  explicit Listener(const AudioWork& work)
      : work_(work), decoder_(*audio::OpusDecoder::open(work.source.layout)) {}

  bool wants_sound() const noexcept override { return true; }
  void offer(Bytes frame, LocalTime captured_at) noexcept override {
    const std::size_t channel_count = work_.source.layout.channel_count;
    if (work_.codec == message::AudioCodec::pcm) {
      std::vector<float> samples(frame.size() / (work_.bits / 8u));
      audio::read_pcm(frame, work_.bits, samples);
      heard.insert(heard.end(), samples.begin(), samples.end());
    } else {
      std::vector<float> samples(kFrameSamples * channel_count);
      EXPECT_EQ(decoder_.decode(frame, samples), kFrameSamples);
      heard.insert(heard.end(), samples.begin(), samples.end());
    }
    stamps.push_back(captured_at);
    ++frames;
  }

  std::vector<float> heard;
  std::vector<LocalTime> stamps;
  std::atomic<std::size_t> frames{0};

 private:
  const AudioWork work_;
  audio::OpusDecoder decoder_;
};

// Turns a worker on `server` until `listener` has heard so many frames.
SoundCounts& turn_until(std::size_t frames, Server& server, Listener& listener,
                        const AudioWork& work) {
  static const SystemClock clock;
  static SoundCounts counts;
  counts.epochs = counts.frames = counts.silent_frames = 0;
  Doorbell bell, finished;
  HealthBoard board;
  AudioWorker worker(
      work,
      [&](const audio::SourceRequest& request, Doorbell&,
          const Clock&) -> Result<std::unique_ptr<audio::AudioSource>> {
        if (server.refusals-- > 0) return fail(ErrorKind::unavailable, "no sound server runs");
        return std::make_unique<FakeSource>(server, request.layout.channel_count);
      },
      listener, counts, clock);
  SupervisedThread thread({"test sound"}, {.first = Nanos(1), .longest = Nanos(1)}, bell, board,
                          clock, [&](Shift& shift) { return worker.run(shift); });
  while (listener.frames < frames) finished.wait(milliseconds(1));
  return counts;
}

void expect_pure_tone(std::span<const float> heard, std::size_t channel_count) {
  for (std::size_t channel = 0; channel < channel_count; ++channel) {
    auto samples = audio::testing::channel_of(heard, channel_count, channel);
    samples.erase(samples.begin(), samples.begin() + 4 * kFrameSamples);  // it rises
    EXPECT_NEAR(audio::testing::rms(samples), 0.25 / std::numbers::sqrt2, 0.002);
    EXPECT_GT(audio::testing::power_at(samples, 440),
              1000 * audio::testing::power_at(samples, 480));
  }
}

TEST(AudioWorker, MakesFramesOfChunksOfAnySizeWithoutAGap) {
  for (const std::size_t chunk : {1u, 128u, 240u, 256u, 441u, 1024u}) {
    Server server{.chunk_samples = chunk};
    const AudioWork work{};
    Listener listener(work);
    const auto& counts = turn_until(100, server, listener, work);
    EXPECT_EQ(counts.silent_frames, 0u) << chunk;
    expect_pure_tone(std::span(listener.heard).first(100 * kFrameSamples * 2), 2);
    for (std::size_t i = 1; i < 100; ++i)
      EXPECT_NEAR((listener.stamps[i] - listener.stamps[i - 1]).count(), 5e6, 1e5) << i;
  }
}

TEST(AudioWorker, CarriesPlainSamplesInFramesOfAnotherLength) {
  Server server;
  const AudioWork work{
      .codec = message::AudioCodec::pcm, .bits = 24, .frame_period = milliseconds(3)};
  Listener listener(work);
  turn_until(100, server, listener, work);
  expect_pure_tone(std::span(listener.heard).first(100 * 144 * 2), 2);
}

TEST(AudioWorker, GoesOnInTheSameStreamAfterTheServerDied) {
  Server server{.chunks_until_lost = 60, .refusals = 3};
  const AudioWork work{};
  Listener listener(work);
  const auto& counts = turn_until(200, server, listener, work);
  EXPECT_EQ(server.opened, 2);
  EXPECT_EQ(counts.epochs, 2u);
  for (std::size_t i = 1; i < listener.stamps.size(); ++i)
    EXPECT_GT(listener.stamps[i], listener.stamps[i - 1]);
}

TEST(AudioWorker, SendsSilenceAtItsOwnPaceWhileNothingPlays) {
  Server server{.chunks_until_quiet = 40};  // 213 ms
  const AudioWork work{.source = {.layout = audio::kSurround71}, .bitrate_kbps = 450};
  Listener listener(work);
  const LocalTime before = SystemClock().now();
  const auto& counts = turn_until(100, server, listener, work);
  EXPECT_GT(SystemClock().now() - before, milliseconds(400)) << "no faster than time";
  EXPECT_EQ(counts.epochs, 1u);
  EXPECT_GT(counts.silent_frames, 50u);
  const auto end = std::span(listener.heard).subspan(90 * kFrameSamples * 8);
  EXPECT_LT(audio::testing::rms(end), 1e-4);
}

TEST(AudioWorker, IsSilentFromTheStartWhereNothingEverPlays) {
  Server server{.chunks_until_quiet = 0};
  const AudioWork work{};
  Listener listener(work);
  const auto& counts = turn_until(10, server, listener, work);
  EXPECT_EQ(counts.silent_frames, counts.frames);
}

}  // namespace
}  // namespace pf::pipeline
