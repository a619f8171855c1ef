#include "host/native/native_sound.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/wire/v1/datagrams.h"

namespace pf::native {
namespace {

class TestClock final : public Clock {
 public:
  LocalTime now() const noexcept override { return at; }
  LocalTime at{seconds(10)};
};

struct Way {
  pipeline::SoundCounts counts;
  Doorbell bell;
  TestClock clock;
  NativeSound sound{{.framing = {}, .wire_offset = seconds(1'000)}, counts, bell, clock};
  std::vector<std::byte> frame = std::vector<std::byte>(80);

  void offer(int count) {
    for (int i = 0; i < count; ++i) sound.offer(frame, clock.at);
  }
  std::vector<std::uint32_t> sequences() {
    std::vector<std::uint32_t> all;
    sound.drain(clock.at, [&](Bytes datagram) {
      const auto audio = wire::v1::parse_audio(datagram, milliseconds(5));
      EXPECT_TRUE(audio);
      EXPECT_EQ(audio->frame.pts, WireTime(clock.at.since_epoch() + seconds(1'000)));
      all.push_back(audio->frame.sequence);
      return true;
    });
    return all;
  }
};

TEST(NativeSound, WantsSoundOnceTheClientIsReady) {
  Way way;
  EXPECT_FALSE(way.sound.wants_sound());
  way.sound.start();
  EXPECT_TRUE(way.sound.wants_sound());
  way.offer(2);
  EXPECT_EQ(way.sequences(), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(way.counts.dropped, 0u);
}

TEST(NativeSound, DropsWhatWaitedTooLong) {
  Way way;
  way.sound.start();
  way.offer(5);
  way.clock.at += NativeSound::kMaxWait + Nanos(1);
  way.offer(2);
  EXPECT_EQ(way.sequences(), (std::vector<std::uint32_t>{5, 6}));
  EXPECT_EQ(way.counts.dropped, 5u);
}

TEST(NativeSound, IsBoundedWhileNobodyLooks) {
  Way way;
  way.sound.start();
  way.offer(1000);
  EXPECT_EQ(way.sequences().size() + way.counts.dropped, 1000u);
  EXPECT_GT(way.counts.dropped, 900u);
}

}  // namespace
}  // namespace pf::native
