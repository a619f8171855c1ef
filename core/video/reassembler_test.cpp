#include "core/video/reassembler.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/rng.h"
#include "core/fec/gf16_codec.h"
#include "core/video/frame_sealer.h"
#include "core/video/packetiser.h"
#include "core/wire/v1/packet_header.h"
#include "testing/vectors.h"

namespace pf::video {
namespace {

const message::PacketFormat& kFormat = wire::v1::bare_packets();
constexpr std::uint16_t kShardBytes = 512;
constexpr std::uint16_t kMaxData = 8;
constexpr std::uint32_t kMaxFrameBytes = 64 * kShardBytes;
constexpr Nanos kFrameTime = milliseconds(16);

message::PacketLimits limits(std::uint16_t max_data = kMaxData,
                             std::uint32_t max_frame_bytes = kMaxFrameBytes) {
  return {.max_data_count = max_data,
          .max_shard_count = wire::v1::max_shards_per_block(max_data, 1),
          .min_shard_bytes = kShardBytes,
          .max_frame_bytes = max_frame_bytes};
}

struct SentFrame {
  std::vector<std::byte> access_unit;
  std::vector<std::vector<std::byte>> packets;  // in the order of the wire
};

// Lays out frames as the host does and keeps their packets, so that a test can mistreat them.
class Sender {
 public:
  explicit Sender(std::uint8_t percent = 25) : percent_(percent), packetiser_(params(), arena_) {}

  SentFrame send(std::uint64_t index, std::size_t bytes,
                 std::uint32_t flags = message::frame_flags::kPicture) {
    SentFrame sent;
    sent.access_unit.resize(bytes);
    rng_.fill(sent.access_unit);
    EXPECT_TRUE(
        packetiser_.begin({.id = FrameId{index}, .pts = pts(index), .flags = flags}, percent_));
    EXPECT_TRUE(packetiser_.add(sent.access_unit));
    const PacketRun run = all_packets(batches_, packetiser_.finish(), memory_);
    for (std::uint32_t i = 0; i < run.count; ++i) {
      const auto packet = run.packet(i);
      sent.packets.emplace_back(packet.begin(), packet.end());
    }
    arena_.release_oldest();
    return sent;
  }
  static WireTime pts(std::uint64_t index) {
    return WireTime(kFrameTime * static_cast<std::int64_t>(index));
  }

 private:
  Packetiser::Params params() const {
    return {.shard_bytes = kShardBytes,
            .max_frame_bytes = kMaxFrameBytes,
            .rules = {.max_data_count = kMaxData, .agreed_percent = percent_}};
  }
  SeededRng rng_{9};
  std::uint8_t percent_;
  PacketArena arena_{1 << 20};
  fec::Gf16Codec codec_{{kMaxData, kMaxData}};
  Packetiser packetiser_;
  FrameSealer batches_{
      kFormat, nullptr, codec_, {.shard_bytes = kShardBytes, .data_count = kMaxData}};
  std::vector<std::byte> memory_;
};

class ReassemblerTest : public ::testing::Test {
 protected:
  std::optional<ReassembledFrame> push(const std::vector<std::byte>& packet) {
    return reassembler_.push(packet, now_ += microseconds(1));
  }
  // Pushes those packets whose index `keep` likes; the frame that comes out of it.
  template <class Keep>
  std::optional<ReassembledFrame> push_if(const SentFrame& sent, Keep keep) {
    std::optional<ReassembledFrame> delivered;
    for (std::size_t i = 0; i < sent.packets.size(); ++i) {
      if (!keep(i)) continue;
      if (auto frame = push(sent.packets[i])) delivered = frame;
    }
    return delivered;
  }
  std::optional<ReassembledFrame> push_all(const SentFrame& sent) {
    return push_if(sent, [](std::size_t) { return true; });
  }
  void expect_bytes(const std::optional<ReassembledFrame>& frame, const SentFrame& sent) {
    ASSERT_TRUE(frame);
    EXPECT_TRUE(std::equal(frame->bytes.begin(), frame->bytes.end(), sent.access_unit.begin(),
                           sent.access_unit.end()));
  }
  const ReceptionCounters& counters() const { return reassembler_.counters(); }

  Sender sender_;
  LocalTime now_;
  fec::Gf16Codec codec_{{kMaxData, kMaxData}};
  Reassembler reassembler_{kFormat, limits(), codec_};
};

TEST_F(ReassemblerTest, DeliversAFrameAsSoonAsItsDataIsThere) {
  const SentFrame sent = sender_.send(0, 3000);  // 6 + 2
  std::optional<ReassembledFrame> frame;
  for (std::size_t i = 0; i < 6; ++i) frame = push(sent.packets[i]);
  expect_bytes(frame, sent);
  EXPECT_EQ(frame->id, FrameId{0});
  EXPECT_EQ(frame->pts, Sender::pts(0));
  EXPECT_EQ(frame->last_received_at - frame->first_received_at, microseconds(5));
  EXPECT_EQ(frame->packet_count, 6u);
  EXPECT_FALSE(push(sent.packets[6]));
  EXPECT_FALSE(push(sent.packets[7]));
  EXPECT_EQ(counters().surplus, 2u);
  EXPECT_EQ(counters().received, 8u);
  EXPECT_EQ(counters().recovered, 0u);
}

TEST_F(ReassemblerTest, RecoversLostDataIntoItsPlaceAndCountsWhatComesLate) {
  const SentFrame sent = sender_.send(0, 3000);
  const auto frame = push_if(sent, [](std::size_t i) { return i != 1 && i != 5; });
  expect_bytes(frame, sent);
  EXPECT_EQ(frame->recovered_count, 2u);
  EXPECT_EQ(counters().recovered, 2u);
  push(sent.packets[1]);
  EXPECT_EQ(counters().late, 1u);
  push(sent.packets[5]);
  push(sent.packets[5]);
  EXPECT_EQ(counters().late, 2u);
  EXPECT_EQ(counters().duplicate, 1u);
}

TEST_F(ReassemblerTest, DeliversEmptyFramesAndFramesOfManyBlocks) {
  const SentFrame empty = sender_.send(0, 0);
  const auto first = push_all(empty);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->bytes.empty());
  const SentFrame large = sender_.send(1, kMaxFrameBytes - 5);  // eight blocks
  expect_bytes(push_if(large, [](std::size_t i) { return i % 9 != 4 || i >= 64; }), large);
}

TEST_F(ReassemblerTest, GivesUpAFrameWhenANewerOneIs120MsAhead) {
  const SentFrame lost = sender_.send(0, 3000);
  push(lost.packets[0]);
  EXPECT_TRUE(push_all(sender_.send(7, 100)));  // 112 ms later
  EXPECT_EQ(counters().frames_dropped, 0u);
  EXPECT_TRUE(push_all(sender_.send(8, 100)));  // 128 ms later
  EXPECT_EQ(counters().frames_dropped, 1u);
  EXPECT_FALSE(push_all(lost));
  EXPECT_GT(counters().rejected_for(PacketRejection::stale), 0u);
}

TEST_F(ReassemblerTest, AFrameNeverSeenAndTooOldIsStale) {
  EXPECT_TRUE(push_all(sender_.send(8, 100)));
  EXPECT_FALSE(push_all(sender_.send(0, 100)));
  EXPECT_TRUE(push_all(sender_.send(1, 100)));  // 112 ms old
  EXPECT_EQ(counters().frames_dropped, 0u);
}

TEST_F(ReassemblerTest, FrameNumbersWrapAtTheEndOfTheirSpace) {
  const SentFrame before = sender_.send(0xFFFF'FFFF, 100);
  const SentFrame after = sender_.send(0x1'0000'0000, 100);
  EXPECT_EQ(push_all(before)->id, FrameId{0xFFFF'FFFF});
  EXPECT_EQ(push_all(after)->id, FrameId{0x1'0000'0000});
}

TEST_F(ReassemblerTest, ProbeFramesHaveAWindowOfTheirOwn) {
  EXPECT_TRUE(push_all(sender_.send(500, 100)));
  const auto probe = push_all(sender_.send(0, 1200, message::frame_flags::kProbe));
  ASSERT_TRUE(probe);
  EXPECT_NE(probe->flags & message::frame_flags::kProbe, 0u);
  EXPECT_EQ(reassembler_.probe_counters().frames_delivered, 1u);
  EXPECT_EQ(counters().frames_delivered, 1u);
}

TEST_F(ReassemblerTest, PacketsThatContradictTheirFrameAreDropped) {
  const SentFrame sent = sender_.send(0, 3000);
  const SentFrame other = sender_.send(0, 2500);
  push(sent.packets[0]);
  EXPECT_FALSE(push_all(other));
  EXPECT_EQ(counters().rejected_for(PacketRejection::inconsistent), other.packets.size());
  expect_bytes(push_all(sent), sent);
}

TEST_F(ReassemblerTest, GarbageIsCountedByReason) {
  std::vector<std::byte> packet = sender_.send(0, 3000).packets[0];
  push({packet.begin(), packet.begin() + 20});
  push({packet.begin(), packet.end() - 1});
  packet[36] = std::byte{0};
  push(packet);
  packet[36] = std::byte{0xC9};
  packet[28] = std::byte{0};  // k = 0
  push(packet);
  EXPECT_EQ(counters().rejected_for(PacketRejection::truncated), 2u);
  EXPECT_EQ(counters().rejected_for(PacketRejection::foreign), 1u);
  EXPECT_EQ(counters().rejected_for(PacketRejection::geometry), 1u);
  EXPECT_EQ(reassembler_.memory_used_bytes(), 0u);
}

TEST_F(ReassemblerTest, HoldsNoMoreThanFourWorstFramesAndFreesWhatIsReleased) {
  std::vector<ReassembledFrame> held;
  for (std::uint64_t i = 0; i < 6; ++i) {
    if (auto frame = push_all(sender_.send(i, kMaxFrameBytes))) held.push_back(*frame);
    EXPECT_LE(reassembler_.memory_used_bytes(), 4u * kMaxFrameBytes);
  }
  EXPECT_EQ(held.size(), 3u);  // the fourth would need room for its parity too
  EXPECT_GT(counters().rejected_for(PacketRejection::no_memory), 0u);
  for (ReassembledFrame& frame : held) reassembler_.release(frame);
  const SentFrame next = sender_.send(20, kMaxFrameBytes);
  expect_bytes(push_all(next), next);
}

TEST_F(ReassemblerTest, ReadsTheKnownStreamedFrames) {
  const auto vectors = testing::load_vectors("packet_headers.json");
  for (const auto& vector : vectors.at("streamed_frames")) {
    SCOPED_TRACE(vector.at("name").get<std::string>());
    Reassembler reassembler(kFormat, limits(vector.at("max_data_per_block"), 1 << 20), codec_);
    std::optional<ReassembledFrame> delivered;
    std::uint8_t mark = 0;
    std::vector<std::byte> expected;
    for (const auto& hex : vector.at("headers_in_emission_order")) {
      std::vector<std::byte> packet = testing::unhex(hex);
      const auto fields = wire::v1::parse_packet_fields(packet);
      packet.resize(40 + kShardBytes, static_cast<std::byte>(++mark));
      if (fields->shard_index < fields->data_shards)
        expected.insert(expected.end(), packet.begin() + 40, packet.end());
      if (auto frame = reassembler.push(packet, now_)) delivered = frame;
    }
    ASSERT_TRUE(delivered);
    ASSERT_EQ(delivered->bytes.size(), vector.at("frame_bytes").get<std::size_t>());
    EXPECT_TRUE(std::equal(delivered->bytes.begin(), delivered->bytes.end(), expected.begin()));
  }
}

TEST_F(ReassemblerTest, AStreamedFrameWithAGapIsDropped) {
  const auto vectors = testing::load_vectors("packet_headers.json");
  const auto& vector = vectors.at("streamed_frames").at(1);
  Reassembler reassembler(kFormat, limits(vector.at("max_data_per_block"), 1 << 20), codec_);
  for (const auto& hex : vector.at("headers_in_emission_order")) {
    std::vector<std::byte> packet = testing::unhex(hex);
    auto fields = *wire::v1::parse_packet_fields(packet);
    if (fields.block_index == 1)
      fields.data_shards = 26;  // one shard short of the last block's base
    if (fields.block_index == 1 &&
        fields.shard_index >= fields.data_shards + fields.recovery_shards)
      continue;
    ByteWriter out(packet);
    wire::v1::write_packet_fields(out, fields);
    packet.resize(40 + kShardBytes);
    EXPECT_FALSE(reassembler.push(packet, now_));
  }
  EXPECT_EQ(reassembler.counters().frames_dropped, 1u);
  EXPECT_EQ(reassembler.memory_used_bytes(), 0u);
}

class PartialFrames : public ReassemblerTest {
 protected:
  static constexpr std::uint32_t kFlags =
      message::frame_flags::kPicture | message::frame_flags::kChunkAligned;
  // 20 shards in blocks of 8, 8 and 4, of which the parity of the first recovers shard 1.
  static bool comes(std::size_t i) { return i != 1 && i != 9 && i != 10 && i != 11 && i != 19; }

  void push_partly(std::uint64_t index, std::uint32_t flags = kFlags) {
    const SentFrame sent = sender_.send(index, 20 * kShardBytes, flags);
    for (std::size_t i = 0; i < sent.packets.size(); ++i) {
      if (!comes(i)) continue;
      EXPECT_FALSE(partial_.push(sent.packets[i], now_));
    }
    sent_.push_back(sent);
  }
  std::vector<SentFrame> sent_;
  Reassembler partial_{kFormat, limits(), codec_, Incomplete::handed_up};
};

TEST_F(PartialFrames, AreHandedUpWithZerosAfter30Ms) {
  push_partly(0);
  push_partly(1);
  EXPECT_FALSE(partial_.poll_partial());
  push_partly(2);  // 32 ms after the first
  auto frame = partial_.poll_partial();
  ASSERT_TRUE(frame);
  EXPECT_FALSE(partial_.poll_partial());
  EXPECT_EQ(frame->id, FrameId{0});
  EXPECT_EQ(frame->recovered_count, 2u);  // shard 1, and shard 19 by the last block's parity
  EXPECT_EQ(frame->missing_count, 3u);
  auto expected = sent_[0].access_unit;
  std::fill_n(expected.begin() + 9 * kShardBytes, 3 * kShardBytes, std::byte{0});
  EXPECT_TRUE(
      std::equal(frame->bytes.begin(), frame->bytes.end(), expected.begin(), expected.end()));
  EXPECT_EQ(partial_.counters().frames_dropped, 1u);
  EXPECT_EQ(partial_.counters().frames_partial, 1u);
  partial_.release(*frame);

  EXPECT_FALSE(partial_.push(sent_[0].packets[9], now_));
  EXPECT_EQ(partial_.counters().rejected_for(PacketRejection::stale), 1u);
}

TEST_F(PartialFrames, WaitForTheirTurnAndAreForgottenIfNobodyAsks) {
  for (std::uint64_t i = 0; i < 3; ++i) push_partly(i);
  const SentFrame later = sender_.send(10, 100, kFlags);
  EXPECT_TRUE(partial_.push(later.packets[0], now_));
  for (std::uint64_t i = 0; i < 3; ++i) {
    auto frame = partial_.poll_partial();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->id, FrameId{i});
    partial_.release(*frame);
  }
  push_partly(20);
  for (const std::uint64_t next : {30, 100}) {
    auto frame = partial_.push(sender_.send(next, 100, kFlags).packets[0], now_);
    ASSERT_TRUE(frame);
    partial_.release(*frame);
  }
  EXPECT_FALSE(partial_.poll_partial());
}

TEST_F(PartialFrames, AreOnlyThoseWhoseShardsDecodeByThemselves) {
  push_partly(0, message::frame_flags::kPicture);
  EXPECT_TRUE(partial_.push(sender_.send(3, 100, kFlags).packets[0], now_));
  EXPECT_FALSE(partial_.poll_partial());
  EXPECT_TRUE(partial_.push(sender_.send(8, 100, kFlags).packets[0], now_));
  EXPECT_FALSE(partial_.poll_partial());
  EXPECT_EQ(partial_.counters().frames_dropped, 1u);
  EXPECT_EQ(partial_.counters().frames_partial, 0u);
}

// Whoever sends one packet of the largest frame does not make us write the rest of it.
TEST_F(PartialFrames, AreNotHandedUpWhenLessThanHalfIsThere) {
  const SentFrame sent = sender_.send(0, kMaxFrameBytes, kFlags);
  for (std::size_t i = 0; i < 31; ++i) EXPECT_FALSE(partial_.push(sent.packets[i], now_));
  EXPECT_TRUE(partial_.push(sender_.send(3, 100, kFlags).packets[0], now_));
  EXPECT_FALSE(partial_.poll_partial());
  EXPECT_EQ(partial_.counters().frames_dropped, 1u);
}

RC_GTEST_PROP(Reassembler, DeliversExactBytesUnderLossReorderingAndDuplication, ()) {
  Sender sender(50);
  fec::Gf16Codec codec({kMaxData, kMaxData});
  Reassembler reassembler(kFormat, limits(), codec);
  SeededRng rng(*rc::gen::arbitrary<std::uint64_t>());
  const auto sizes =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 9000));
  std::vector<SentFrame> frames;
  struct OnTheWay {
    std::uint64_t at;
    const std::vector<std::byte>* packet;
  };
  std::vector<OnTheWay> wire;
  for (std::size_t f = 0; f < sizes.size(); ++f) frames.push_back(sender.send(f, sizes[f]));
  for (std::size_t f = 0; f < frames.size(); ++f) {
    for (const auto& packet : frames[f].packets) {
      const std::uint64_t fate = rng.below(20);
      if (fate == 0) continue;
      wire.push_back({f * 100 + rng.below(250), &packet});
      if (fate == 1) wire.push_back({f * 100 + rng.below(250), &packet});
    }
  }
  std::stable_sort(wire.begin(), wire.end(),
                   [](const OnTheWay& a, const OnTheWay& b) { return a.at < b.at; });

  std::vector<bool> delivered(frames.size());
  for (const OnTheWay& event : wire) {
    auto frame =
        reassembler.push(*event.packet, LocalTime(Nanos(static_cast<std::int64_t>(event.at))));
    if (!frame) continue;
    const std::uint64_t id = value(frame->id);
    RC_ASSERT(!delivered.at(id));
    delivered[id] = true;
    const auto& expected = frames[id].access_unit;
    RC_ASSERT(
        std::equal(frame->bytes.begin(), frame->bytes.end(), expected.begin(), expected.end()));
    reassembler.release(*frame);
  }
  const ReceptionCounters& counters = reassembler.counters();
  RC_ASSERT(counters.received + counters.rejected_for(PacketRejection::stale) == wire.size());
  RC_ASSERT(counters.frames_delivered ==
            static_cast<std::uint64_t>(std::count(delivered.begin(), delivered.end(), true)));
}

TEST(MaxFrameBytes, IsFourFramesOfTheBitRateWithinBounds) {
  EXPECT_EQ(max_frame_bytes(20'000, 60), 8u << 20);
  EXPECT_EQ(max_frame_bytes(2'000'000, 60), 16'666'666u);
  EXPECT_EQ(max_frame_bytes(8'000'000, 30), 64u << 20);
  EXPECT_EQ(max_frame_bytes(0, 60), 64u << 20);
}

}  // namespace
}  // namespace pf::video
