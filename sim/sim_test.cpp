// The made-up parts of the simulation: what they promise to whoever reads its verdicts.
#include <array>

#include <gtest/gtest.h>

#include "sim/access_unit.h"
#include "sim/checkers.h"
#include "sim/clocks.h"
#include "sim/fake_decoder.h"
#include "sim/fake_encoder.h"
#include "sim/link.h"
#include "sim/stream_link.h"

namespace pf::sim {
namespace {

constexpr std::uint64_t kPictureSeed = 5;

std::vector<std::byte> written(std::uint64_t seed, const FakePicture& picture) {
  std::vector<std::byte> bytes;
  write_access_unit(seed, picture, bytes);
  return bytes;
}
const std::array<std::byte, 3> kDatagram{std::byte{1}, std::byte{2}, std::byte{3}};

TEST(AccessUnit, IsReadBackAndEveryChangedByteIsSeen) {
  for (const std::uint32_t size : {kFakeHeaderBytes, 21u, 28u, 101u, 1100u}) {
    const FakePicture picture{.id = FrameId{9}, .reference = FrameId{7}, .size_bytes = size};
    std::vector<std::byte> bytes = written(kPictureSeed, picture);
    ASSERT_EQ(bytes.size(), size);
    const auto read = parse_access_unit(kPictureSeed, bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, picture.id);
    EXPECT_EQ(read->reference, picture.reference);
    // The header of a bare one is judged by whoever knows its number.
    for (std::size_t at = size >= 28 ? 0 : kFakeHeaderBytes; at < bytes.size(); ++at) {
      bytes[at] ^= std::byte{0x10};
      EXPECT_FALSE(parse_access_unit(kPictureSeed, bytes)) << "byte " << at;
      bytes[at] ^= std::byte{0x10};
    }
    bytes.push_back(std::byte{0});
    EXPECT_FALSE(parse_access_unit(kPictureSeed, bytes));
  }
  EXPECT_FALSE(parse_access_unit(kPictureSeed, {}));
}

TEST(AccessUnit, OfAnotherSeedIsWrong) {
  const FakePicture picture{.id = FrameId{1}, .reference = FrameId{0}, .size_bytes = 100};
  EXPECT_FALSE(parse_access_unit(kPictureSeed + 1, written(kPictureSeed, picture)));
}

std::vector<std::byte> copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

TEST(FakeDecoder, ShowsWhatFollowsAndNothingElse) {
  FakeEncoder encoder(kPictureSeed, 60);
  std::vector<std::vector<std::byte>> units;
  for (std::uint64_t id = 0; id < 6; ++id)
    units.push_back(copy(encoder.encode(FrameId{id}, id == 4, Content::fresh, 5000)));

  FakeDecoder decoder(kPictureSeed);
  EXPECT_EQ(decoder.decode(FrameId{1}, units[1]), Decoded::missing_reference);
  EXPECT_EQ(decoder.decode(FrameId{0}, units[0]), Decoded::good);
  EXPECT_EQ(decoder.decode(FrameId{1}, units[1]), Decoded::good);
  EXPECT_EQ(decoder.decode(FrameId{3}, units[3]), Decoded::missing_reference);
  EXPECT_EQ(decoder.decode(FrameId{2}, units[2]), Decoded::missing_reference);  // it is broken now
  EXPECT_EQ(decoder.decode(FrameId{4}, units[4]), Decoded::good);
  EXPECT_EQ(decoder.decode(FrameId{6}, units[5]), Decoded::wrong_bytes);
  EXPECT_EQ(decoder.decode(FrameId{5}, units[5]), Decoded::missing_reference);
}

TEST(FakeEncoder, KeepsTheBitRateAndItsBound) {
  FakeEncoder encoder(kPictureSeed, 60);
  std::size_t bytes = 0, largest = 0, least = SIZE_MAX;
  for (std::uint64_t id = 0; id < 600; ++id) {
    const std::size_t size = encoder.encode(FrameId{id}, false, Content::fresh, 20'000).size();
    EXPECT_LE(size, FakeEncoder::largest_bytes(20'000, 60));
    bytes += size;
    if (id == 0) continue;  // a key frame
    largest = std::max(largest, size);
    least = std::min(least, size);
  }
  EXPECT_NEAR(static_cast<double>(bytes), 25e6, 0.5e6);  // 10 s at 20 Mbit/s
  EXPECT_GT(largest, 41'667u * 14 / 10);                 // pictures differ
  EXPECT_LT(least, 41'667u * 7 / 10);
}

TEST(FakeEncoder, PaysForAKeyFrameWithSmallerPicturesAfterIt) {
  FakeEncoder encoder(kPictureSeed, 60);
  std::size_t key = 0, bytes = 0;
  for (std::uint64_t id = 0; id < 3600; ++id) {
    const std::size_t size =
        encoder.encode(FrameId{id}, id % 60 == 0, Content::fresh, 8'000).size();
    if (id % 60 == 0) key += size;
    bytes += size;
  }
  EXPECT_GT(key / 60, 2u * 16'667);
  EXPECT_NEAR(static_cast<double>(bytes), 60e6, 1e6);  // a minute at 8 Mbit/s
}

TEST(FakeEncoder, FollowsItsRateAtOnce) {
  FakeEncoder encoder(kPictureSeed, 60);
  for (std::uint64_t id = 0; id < 120; ++id)
    encoder.encode(FrameId{id}, false, Content::fresh, 40'000);
  std::size_t bytes = 0;
  for (std::uint64_t id = 120; id < 180; ++id)
    bytes += encoder.encode(FrameId{id}, false, Content::fresh, 10'000).size();
  EXPECT_NEAR(static_cast<double>(bytes), 1.25e6, 0.25e6);
}

TEST(Link, LosesRepeatsAndHoldsBackTheShareItWasTold) {
  SeededRng rng(kPictureSeed);
  Link link({.loss = 0.1, .duplication = 0.2, .reordering = 0.3}, rng);
  for (int i = 0; i < 10'000; ++i) link.send(kDatagram, kWorldStart);
  int at_once = 0, held_back = 0;
  while (link.arrive(kWorldStart + milliseconds(5))) ++at_once;
  while (link.arrive(kWorldStart + milliseconds(8))) ++held_back;
  EXPECT_FALSE(link.next_arrival());
  EXPECT_NEAR(static_cast<double>(link.lost()), 1000, 100);
  EXPECT_NEAR(at_once + held_back, 9000 * 1.2, 150);
  EXPECT_NEAR(held_back, (at_once + held_back) * 0.3, 150);
}

TEST(Link, PassesNothingWhileItIsCut) {
  SeededRng rng(kPictureSeed);
  Link link({}, rng);
  link.send(kDatagram, kWorldStart);
  link.cut_until(kWorldStart + milliseconds(10));
  link.send(kDatagram, kWorldStart + milliseconds(9));
  EXPECT_EQ(link.lost(), 1u);
  link.send(kDatagram, kWorldStart + milliseconds(10));
  EXPECT_TRUE(link.arrive(kWorldStart + milliseconds(5)));  // was under way
  EXPECT_EQ(link.next_arrival(), kWorldStart + milliseconds(15));
}

TEST(StreamLink, DeliversEverythingInOrderHoweverLateAPartIs) {
  SeededRng rng(kPictureSeed);
  StreamLink link({.jitter = milliseconds(20), .loss = 0.3}, rng);
  LocalTime now = kWorldStart;
  for (int i = 0; i < 100; ++i) {
    if (i == 50) link.cut_until(now + milliseconds(300));
    link.send(std::vector<std::byte>{std::byte(i)}, now);
    now += milliseconds(1);
  }
  link.send(control::PeerClosed{.code = message::CloseCode::quit}, now);
  int next = 0;
  while (const auto due = link.next_arrival()) {
    EXPECT_FALSE(link.arrive(*due - Nanos(1)));
    const auto delivery = link.arrive(*due);
    ASSERT_TRUE(delivery);
    if (next == 50) {
      EXPECT_GE(*due, kWorldStart + milliseconds(350));
    }
    if (const auto* bytes = std::get_if<std::vector<std::byte>>(&*delivery)) {
      EXPECT_EQ(std::to_integer<int>(bytes->at(0)), next++);
    } else {
      EXPECT_EQ(next, 100);
      ++next;
    }
  }
  EXPECT_EQ(next, 101);
}

Checkers checkers() {
  Checkers made({.heal = milliseconds(100),
                 .memory_bytes = 1000,
                 .queued_frames = 4,
                 .agree = milliseconds(100)});
  made.set_time(kWorldStart);
  return made;
}

TEST(Checkers, FindNothingInAGoodRun) {
  Checkers seen = checkers();
  seen.on_sealed(0);
  seen.on_sealed(1);
  seen.on_queue(4);
  seen.on_memory(1000);
  seen.on_sent(FrameId{0}, Content::fresh);
  seen.on_sent(FrameId{1}, Content::fresh);
  seen.set_time(kWorldStart + milliseconds(100));
  seen.on_shown(FrameId{1}, Decoded::good);  // a later one makes good the one before
  seen.on_clock(to_wire(kWorldStart + milliseconds(100)) + Nanos(5), Nanos(5));
  seen.on_over(EndName::client, message::CloseCode::quit);
  seen.set_time(kWorldStart + milliseconds(200));
  seen.on_over(EndName::host, message::CloseCode::quit);
  seen.finish();
  EXPECT_TRUE(seen.violations().empty());
  EXPECT_EQ(seen.longest_heal(), milliseconds(100));
}

TEST(Checkers, APictureThatNeverComesIsFoundAtTheEnd) {
  Checkers seen = checkers();
  seen.on_sent(FrameId{0}, Content::fresh);
  seen.set_time(kWorldStart + milliseconds(101));
  seen.finish();
  EXPECT_TRUE(seen.found(Property::healed_in_time));
}

TEST(Checkers, ARepeatThatIsLostIsMissedByNobody) {
  Checkers seen = checkers();
  seen.on_sent(FrameId{0}, Content::repeated);
  seen.set_time(kWorldStart + seconds(1));
  seen.finish();
  EXPECT_TRUE(seen.violations().empty());
}

TEST(Checkers, NobodyHealsAPathThatIsCut) {
  Checkers seen = checkers();
  seen.on_sent(FrameId{0}, Content::fresh);
  seen.excuse_until(kWorldStart + milliseconds(300));
  seen.set_time(kWorldStart + milliseconds(400));
  seen.on_shown(FrameId{1}, Decoded::good);
  EXPECT_TRUE(seen.violations().empty());
}

TEST(Checkers, EndsThatNameDifferentReasonsDoNotAgree) {
  Checkers seen = checkers();
  seen.on_over(EndName::client, message::CloseCode::quit);
  seen.on_over(EndName::host, message::CloseCode::done);
  seen.finish();
  EXPECT_TRUE(seen.found(Property::ends_agree));
}

TEST(Checkers, ABrokenPromiseIsToldABoundedNumberOfTimes) {
  Checkers seen = checkers();
  for (int i = 0; i < 1000; ++i) seen.on_queue(5);
  EXPECT_EQ(seen.violations().size(), Checkers::kMaxViolations);
}

}  // namespace
}  // namespace pf::sim
