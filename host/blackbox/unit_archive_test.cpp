#include "host/blackbox/unit_archive.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pf::blackbox {
namespace {

constexpr Nanos kPeriod = milliseconds(16);
constexpr std::size_t kMB = 1 << 20;

class Feeder {
 public:
  explicit Feeder(const UnitArchive::Limits& limits) : archive(limits) { archive.begin_epoch({}); }

  void picture(bool key, std::size_t bytes, bool after_gap = false) {
    at += kPeriod;
    const std::vector<std::byte> payload(bytes, static_cast<std::byte>(id));
    archive.add_picture({.captured_at = at,
                         .id = FrameId{id++},
                         .bytes = static_cast<std::uint32_t>(bytes),
                         .key = key,
                         .after_gap = after_gap},
                        Bytes(payload).first(bytes / 2), Bytes(payload).subspan(bytes / 2));
  }
  void sound(std::size_t bytes) {
    const std::vector<std::byte> payload(bytes, std::byte{7});
    archive.add_sound({.captured_at = at, .bytes = static_cast<std::uint32_t>(bytes)}, payload, {});
  }

  UnitArchive archive;
  LocalTime at{seconds(1000)};
  std::uint64_t id = 0;
};

// What has to hold of whatever is kept.
void check(const Feeder& feeder, const UnitArchive::Limits& limits) {
  const Snapshot kept = feeder.archive.snapshot();
  RC_ASSERT(feeder.archive.memory_bytes() <= limits.bytes);
  RC_ASSERT(kept.pictures.size() == feeder.archive.picture_count());
  if (kept.pictures.empty()) return;
  RC_ASSERT(kept.pictures.front().key);
  for (std::size_t i = 0; i < kept.pictures.size(); ++i) {
    const Unit& unit = kept.pictures[i];
    RC_ASSERT(unit.bytes.front() == static_cast<std::byte>(value(unit.id)));
    RC_ASSERT(unit.bytes.back() == static_cast<std::byte>(value(unit.id)));
    if (i == 0) continue;
    // Nothing is missing but in front of a key frame.
    RC_ASSERT(unit.key || value(unit.id) == value(kept.pictures[i - 1].id) + 1);
  }
  for (const Unit& unit : kept.sound)
    RC_ASSERT(unit.captured_at >= kept.pictures.front().captured_at);
  // Of two key frames that cover the wanted time, the older would be too much.
  const LocalTime wanted = kept.pictures.back().captured_at - limits.span;
  RC_ASSERT(std::count_if(kept.pictures.begin(), kept.pictures.end(), [&](const Unit& unit) {
              return unit.key && unit.captured_at <= wanted;
            }) <= 1);
}

RC_GTEST_PROP(UnitArchive, AlwaysBeginsWithAKeyFrameAndStaysWithinItsMemory, ()) {
  UnitArchive::Limits limits{.span = *rc::gen::inRange(1, 60) * kPeriod,
                             .bytes = *rc::gen::inRange<std::size_t>(2, 12) * kMB};
  Feeder feeder(limits);
  for (int i = *rc::gen::inRange(1, 120); i > 0; --i) {
    switch (*rc::gen::inRange(0, 20)) {
      case 0:
        feeder.picture(true, *rc::gen::inRange<std::size_t>(2, 2 * kMB));
        break;
      case 1:
        feeder.picture(false, 100, true);
        break;
      case 2:
        limits.bytes = *rc::gen::inRange<std::size_t>(2, 12) * kMB;
        limits.span = *rc::gen::inRange(1, 60) * kPeriod;
        feeder.archive.set_limits(limits);
        break;
      case 3:
        feeder.archive.begin_epoch({});
        break;
      case 4:
        feeder.archive.clear();
        break;
      default:
        feeder.picture(false, *rc::gen::inRange<std::size_t>(2, 40'000));
        feeder.sound(100);
    }
    check(feeder, limits);
  }
}

TEST(UnitArchive, CoversWhatIsWantedAndNoGroupMore) {
  const UnitArchive::Limits limits{.span = kPeriod * 100, .bytes = 64 * kMB};
  Feeder feeder(limits);
  for (int i = 0; i < 1000; ++i) feeder.picture(i % 40 == 0, 1000);
  const Snapshot kept = feeder.archive.snapshot();
  const Nanos span = feeder.archive.span();
  EXPECT_GE(span, limits.span);
  EXPECT_LT(span, limits.span + 40 * kPeriod);
  EXPECT_EQ(value(kept.pictures.back().id), 999u);
}

TEST(UnitArchive, WithLittleMemoryTheOldestGroupsGo) {
  const UnitArchive::Limits limits{.span = seconds(60), .bytes = 8 * kMB};
  Feeder feeder(limits);
  for (int i = 0; i < 400; ++i) feeder.picture(i % 10 == 0, 100'000);
  EXPECT_LE(feeder.archive.memory_bytes(), limits.bytes);
  EXPECT_GE(feeder.archive.picture_count(), 30u);
  EXPECT_EQ(feeder.archive.snapshot().pictures.front().key, true);
}

TEST(UnitArchive, AGroupThatIsTooMuchByItselfLeavesNothingUntilTheNextKeyFrame) {
  Feeder feeder({.span = seconds(60), .bytes = 4 * kMB});
  feeder.picture(true, kMB);
  while (!feeder.archive.empty()) feeder.picture(false, kMB);
  EXPECT_TRUE(feeder.archive.waits_for_key());
  EXPECT_EQ(feeder.archive.memory_bytes(), 0u);
  feeder.picture(false, 100);
  EXPECT_TRUE(feeder.archive.empty());
  feeder.picture(true, 100);
  EXPECT_EQ(feeder.archive.picture_count(), 1u);
}

TEST(UnitArchive, BehindAGapNothingIsKeptUntilAKeyFrame) {
  Feeder feeder({.span = seconds(60), .bytes = 16 * kMB});
  feeder.picture(true, 100);
  feeder.picture(false, 100);
  feeder.picture(false, 100, true);
  feeder.picture(false, 100);
  EXPECT_EQ(feeder.archive.picture_count(), 2u);
  EXPECT_EQ(feeder.archive.left_out(), 2u);
  feeder.picture(true, 100);
  EXPECT_EQ(feeder.archive.picture_count(), 3u);
}

TEST(UnitArchive, ASnapshotStaysWhatItWasWhenTheArchiveGoesOn) {
  Feeder feeder({.span = kPeriod * 5, .bytes = 16 * kMB});
  feeder.picture(true, 5000);
  feeder.picture(false, 5000);
  const Snapshot kept = feeder.archive.snapshot();
  for (int i = 0; i < 300; ++i) feeder.picture(i % 3 == 0, 50'000);
  feeder.archive.clear();
  ASSERT_EQ(kept.pictures.size(), 2u);
  for (const Unit& unit : kept.pictures) {
    EXPECT_TRUE(std::all_of(unit.bytes.begin(), unit.bytes.end(), [&](std::byte byte) {
      return byte == static_cast<std::byte>(value(unit.id));
    }));
  }
}

}  // namespace
}  // namespace pf::blackbox
