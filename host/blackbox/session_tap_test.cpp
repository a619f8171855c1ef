#include "host/blackbox/session_tap.h"

#include <vector>

#include <gtest/gtest.h>

#include "testing/no_alloc.h"
#include "testing/no_lock.h"

namespace pf::blackbox {
namespace {

constexpr Nanos kPeriod = milliseconds(16);

struct Outlet final : pipeline::FrameOutlet {
  void begin_epoch(const encode::StreamParameters&) override { ++epochs; }
  bool has_room() noexcept override { return true; }
  void on_part(const encode::AccessUnitPart& part) noexcept override { last = part; }
  Result<void> run(Shift&) override { return {}; }
  int epochs = 0;
  encode::AccessUnitPart last;
};

// A session's video thread: an IDR where the steering asks for one.
class Stream {
 public:
  Stream() { tap.begin_epoch({.size_px = {1280, 720}}); }

  bool picture(std::size_t bytes = 1000, int parts = 2) {
    at += kPeriod;
    const auto directive = steering.next_directive();
    for (int i = 0; i < parts; ++i) {
      tap.on_part({.id = directive.id,
                   .bytes = Bytes(memory).first(bytes / static_cast<std::size_t>(parts)),
                   .first = i == 0,
                   .last = i == parts - 1,
                   .idr = directive.idr,
                   .captured_at = at});
    }
    return directive.idr;
  }
  int key_frames_in(int pictures) {
    int count = 0;
    for (int i = 0; i < pictures; ++i) {
      count += picture() ? 1 : 0;
      if (i % 50 == 0) shared->pictures().clear();
    }
    return count;
  }

  std::vector<std::byte> memory = std::vector<std::byte>(4 << 20);
  Doorbell bell;
  pipeline::FrameSteering steering{bell, 1000};
  std::shared_ptr<SessionTap> shared = std::make_shared<SessionTap>();
  Outlet outlet;
  VideoTap tap{outlet, *shared, steering};
  LocalTime at{seconds(100)};
};

struct Kept {
  std::vector<UnitFacts> units;
  std::vector<encode::StreamParameters> epochs;
};
Kept take(SessionTap& tap) {
  Kept kept;
  tap.pictures().drain([&](const UnitFacts& facts, Bytes first, Bytes) {
    if (!facts.epoch) return kept.units.push_back(facts);
    encode::StreamParameters parameters;
    ASSERT_EQ(first.size(), sizeof parameters);
    std::memcpy(static_cast<void*>(&parameters), first.data(), sizeof parameters);
    kept.epochs.push_back(parameters);
  });
  return kept;
}

TEST(SessionTap, OffItTakesNothingAndAsksForNothing) {
  Stream stream;
  EXPECT_EQ(stream.key_frames_in(5000), 1) << "the one that an encoder begins with";
  EXPECT_TRUE(take(*stream.shared).units.empty());
  EXPECT_EQ(stream.shared->counts().picture_bytes, 0u);
  EXPECT_EQ(stream.outlet.epochs, 1);
  EXPECT_TRUE(stream.outlet.last.last);
}

TEST(SessionTap, PartsOfAPictureBecomeOneUnitBehindTheParameters) {
  Stream stream;
  stream.shared->set({.on = true});
  EXPECT_TRUE(stream.picture(900, 3));
  EXPECT_FALSE(stream.picture(300, 1));
  const Kept kept = take(*stream.shared);
  ASSERT_EQ(kept.units.size(), 2u);
  EXPECT_EQ(kept.units[0].bytes, 900u);
  EXPECT_TRUE(kept.units[0].key);
  EXPECT_EQ(kept.units[1].bytes, 300u);
  EXPECT_FALSE(kept.units[1].key);
  EXPECT_EQ(value(kept.units[1].id), 1u);
  ASSERT_EQ(kept.epochs.size(), 1u);
  EXPECT_EQ(kept.epochs[0].size_px, (SizePx{1280, 720}));
}

TEST(SessionTap, SwitchedOnInMidStreamItAsksForAKeyFrameWithTheNextPicture) {
  Stream stream;
  EXPECT_EQ(stream.key_frames_in(100), 1);
  stream.shared->set({.on = true});
  EXPECT_FALSE(stream.picture());
  EXPECT_TRUE(stream.picture());
  EXPECT_EQ(stream.shared->counts().key_frames, 1u);
  EXPECT_EQ(stream.shared->counts().key_frame_bytes, 1000u);
  EXPECT_EQ(stream.shared->counts().picture_bytes, 2000u);
}

TEST(SessionTap, NoKeyFrameIsMoreThanTwentySecondsBehind) {
  Stream stream;
  stream.shared->set({.on = true});
  LocalTime last = stream.at;
  int asked = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (stream.picture()) {
      last = stream.at;
      ++asked;
    }
    ASSERT_LE(stream.at - last, seconds(20));
    if (i % 50 == 0) stream.shared->pictures().clear();
  }
  EXPECT_LE(asked, 10'000 * kPeriod / SessionTap::kKeyFrameEvery + 2) << "and none too many";
}

TEST(SessionTap, WhoeverElseAsksForKeyFramesSparesOurs) {
  Stream stream;
  stream.shared->set({.on = true});
  for (int i = 0; i < 5000; ++i) {
    if (i % 600 == 0) stream.steering.want_idr();
    stream.picture();
    if (i % 50 == 0) stream.shared->pictures().clear();
  }
  // The first picture after the switch is the client's.
  EXPECT_LE(stream.shared->counts().key_frames, 1u);
}

TEST(SessionTap, MuchVideoBringsKeyFramesSooner) {
  Stream stream;
  stream.shared->set({.on = true, .key_frame_every_bytes = 100'000});
  EXPECT_GE(stream.key_frames_in(1000), 9);
}

TEST(SessionTap, APictureThatFindsNoRoomIsCountedAndAKeyFrameFollows) {
  Stream stream;
  stream.shared->set({.on = true});
  EXPECT_TRUE(stream.picture(3 << 20, 1));
  EXPECT_FALSE(stream.picture(3 << 20, 1));
  EXPECT_FALSE(stream.picture(3 << 20, 1)) << "nobody has taken any";
  EXPECT_EQ(stream.shared->counts().left_out, 1u);
  EXPECT_EQ(take(*stream.shared).units.size(), 2u);
  EXPECT_TRUE(stream.picture());
  const Kept kept = take(*stream.shared);
  ASSERT_EQ(kept.units.size(), 1u);
  EXPECT_TRUE(kept.units[0].key);
  EXPECT_TRUE(kept.units[0].after_gap);
}

TEST(SessionTap, AnEncoderThatDiesWithinAPictureLeavesNothingOfIt) {
  Stream stream;
  stream.shared->set({.on = true});
  stream.picture();
  stream.tap.on_part({.id = FrameId{7}, .bytes = Bytes(stream.memory).first(10), .first = true});
  stream.tap.begin_epoch({.size_px = {640, 480}});
  stream.steering.begin_epoch();
  EXPECT_TRUE(stream.picture());
  const Kept kept = take(*stream.shared);
  ASSERT_EQ(kept.epochs.size(), 2u);
  EXPECT_EQ(kept.epochs[1].size_px, (SizePx{640, 480}));
  EXPECT_EQ(kept.units.size(), 2u);
}

TEST(SessionTap, TakesNoMemoryAndNoLockForAPictureOrASound) {
  Stream stream;
  stream.shared->set({.on = true});
  stream.picture();
  stream.shared->on_sound(Bytes(stream.memory).first(100), stream.at);
  const testing::AllocationCount allocations;
  const testing::LockCount locks;
  for (int i = 0; i < 100; ++i) {
    stream.picture();
    stream.shared->on_sound(Bytes(stream.memory).first(100), stream.at);
  }
  EXPECT_EQ(allocations.now(), 0u);
  if (testing::kCountsLocks) {
    EXPECT_EQ(locks.now(), 0u);
  }
  int sounds = 0;
  stream.shared->sounds().drain([&](const UnitFacts& facts, Bytes, Bytes) {
    EXPECT_EQ(facts.bytes, 100u);
    ++sounds;
  });
  EXPECT_EQ(sounds, 101);
}

}  // namespace
}  // namespace pf::blackbox
