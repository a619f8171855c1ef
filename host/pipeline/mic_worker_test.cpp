#include "host/pipeline/mic_worker.h"

#include <array>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "core/audio/opus_encoder.h"
#include "core/runtime/system_clock.h"

namespace pf::pipeline {
namespace {

// A sound server in memory: it can be away, die, and record.
struct Server {
  std::mutex mutex;
  bool runs = true;
  bool alive = true;
  std::size_t pushed = 0, discards = 0, opened = 0;

  template <class Look>
  auto look(Look&& what) {
    std::lock_guard lock(mutex);
    return what();
  }
};

class MemorySink final : public audio::MicSink {
 public:
  explicit MemorySink(Server& server) : server_(server) {}
  bool push(std::span<const float> samples) noexcept override {
    return server_.look([&] {
      server_.pushed += samples.size();
      return true;
    });
  }
  Result<void> alive() noexcept override {
    if (server_.look([&] { return server_.alive; })) return {};
    return fail(ErrorKind::lost, "the server in memory was ended");
  }
  void discard() noexcept override {
    server_.look([&] { return ++server_.discards; });
  }
  bool recorded() const noexcept override { return true; }
  bool muted() const noexcept override { return false; }

 private:
  Server& server_;
};

class MicWorkerTest : public ::testing::Test {
 protected:
  MicWorkerTest() : encoder_(audio::OpusEncoder::open({.layout = audio::kMono}).value()) {}

  audio::OpenMicSink open() {
    return [this](Doorbell&) -> Result<std::unique_ptr<audio::MicSink>> {
      std::lock_guard lock(server.mutex);
      if (!server.runs) return fail(ErrorKind::unavailable, "no server runs");
      server.alive = true;
      ++server.opened;
      return std::make_unique<MemorySink>(server);
    };
  }
  template <class Condition>
  bool eventually(Condition&& condition) {
    for (int i = 0; i < 2'000; ++i) {
      if (server.look(condition)) return true;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return false;
  }
  void speak(MicWorker& worker, unsigned session, std::uint32_t sequence) {
    std::array<float, 480> samples;
    samples.fill(0.25F);
    std::array<std::byte, 1'275> room;
    worker.offer(session, sequence, encoder_.encode(samples, room));
  }

  Server server;
  SystemClock clock;
  HealthBoard board;

 private:
  audio::OpusEncoder encoder_;
};

TEST_F(MicWorkerTest, StandsWithoutAClientAndPassesAVoiceOn) {
  MicWorker worker(open(), board, clock);
  ASSERT_TRUE(eventually([&] { return server.opened == 1; }));
  for (std::uint32_t i = 0; i < 10; ++i) speak(worker, 3, i);
  ASSERT_TRUE(eventually([&] { return server.pushed == 4'800; }));
  for (int i = 0; i < 1'000 && worker.status()->packets < 10; ++i)
    std::this_thread::sleep_for(milliseconds(5));
  const MicStatus status = *worker.status();
  EXPECT_TRUE(status.open);
  EXPECT_EQ(status.session, 3u);
  EXPECT_EQ(status.packets, 10u);
  EXPECT_EQ(status.heard_samples, 4'800u);
  EXPECT_GT(status.level_dbfs, -40);
}

TEST_F(MicWorkerTest, HealsWhileNobodySpeaks) {
  MicWorker worker(open(), board, clock);
  ASSERT_TRUE(eventually([&] { return server.opened == 1; }));
  server.look([&] { return server.alive = false; });
  EXPECT_TRUE(eventually([&] { return server.opened == 2; }));
}

TEST_F(MicWorkerTest, IsSwitchedOffAndOnWhileTheHostRuns) {
  MicWorker worker(open(), board, clock, /*enabled=*/false);
  EXPECT_FALSE(worker.status());
  EXPECT_TRUE(board.rows(clock.now()).empty());
  speak(worker, 3, 0);  // goes nowhere
  worker.set_enabled(true);
  ASSERT_TRUE(eventually([&] { return server.opened == 1; }));
  speak(worker, 3, 1);
  ASSERT_TRUE(eventually([&] { return server.pushed == 480; }));
  worker.set_enabled(false);
  EXPECT_FALSE(worker.status());
  EXPECT_TRUE(board.rows(clock.now()).empty());
  worker.set_enabled(true);
  EXPECT_TRUE(eventually([&] { return server.opened == 2; }));
  EXPECT_TRUE(worker.status());
}

TEST_F(MicWorkerTest, WaitsForAServerAndFindsIt) {
  server.runs = false;
  MicWorker worker(open(), board, clock);
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_FALSE(worker.status()->open);
  server.look([&] { return server.runs = true; });
  EXPECT_TRUE(eventually([&] { return server.opened == 1; }));
}

TEST_F(MicWorkerTest, GivesTheTurnToOneSessionUntilItIsOver) {
  MicWorker worker(open(), board, clock);
  ASSERT_TRUE(eventually([&] { return server.opened == 1; }));
  speak(worker, 1, 0);
  ASSERT_TRUE(eventually([&] { return server.pushed == 480; }));
  speak(worker, 2, 0);
  speak(worker, 1, 1);
  ASSERT_TRUE(eventually([&] { return server.pushed == 960; }));
  const std::size_t discards = server.look([&] { return server.discards; });
  worker.end(1);
  ASSERT_TRUE(eventually([&] { return server.discards > discards; }));
  speak(worker, 2, 1);
  EXPECT_TRUE(eventually([&] { return server.pushed == 1'440; }));
}

TEST_F(MicWorkerTest, BoundsWhatAFloodCosts) {
  MicWorker worker(open(), board, clock);
  ASSERT_TRUE(eventually([&] { return server.opened == 1; }));
  const std::array<std::byte, 1> tiny{std::byte{0x08}};
  for (std::uint32_t i = 0; i < 100'000; ++i) worker.offer(1, i, tiny);
  EXPECT_GT(worker.status()->dropped, 90'000u);
}

}  // namespace
}  // namespace pf::pipeline
