#include "core/video/frame_sealer.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/fec/gf16_codec.h"
#include "core/video/packetiser.h"
#include "core/wire/v1/packet_header.h"

namespace pf::video {
namespace {

constexpr std::uint16_t kShardBytes = 512;
const message::PacketFormat& kFormat = wire::v1::sealed_packets();

// Says how often parity was asked for.
class CountingCodec final : public fec::FecCodec {
 public:
  bool supports(const fec::ShardBlock& block) const noexcept override {
    return codec_.supports(block);
  }
  void encode(const fec::ShardBlock& block) noexcept override {
    ++encoded;
    codec_.encode(block);
  }
  bool recover(const fec::ShardBlock& block,
               std::span<const std::uint8_t> present) noexcept override {
    return codec_.recover(block, present);
  }
  int encoded = 0;

 private:
  fec::Gf16Codec codec_{{64, 64}};
};

class FrameSealerTest : public ::testing::Test {
 protected:
  static crypto::Sealer make_sealer() {
    return {crypto::KeySource::from({}, crypto::Direction::host_to_client), kFormat};
  }
  FramePiece lay_out(std::size_t bytes, std::uint8_t percent) {
    std::vector<std::byte> access_unit(bytes);
    SeededRng(6).fill(access_unit);
    EXPECT_TRUE(packetiser_.begin({.id = FrameId{7}, .flags = 1}, percent));
    EXPECT_TRUE(packetiser_.add(access_unit));
    return packetiser_.finish();
  }
  FrameSealer make_batches(crypto::Sealer* sealer, std::uint32_t batch_packets = 16) {
    return {kFormat,
            sealer,
            codec_,
            {.batch_packets = batch_packets, .shard_bytes = kShardBytes, .data_count = 50}};
  }

  PacketArena arena_{1 << 20};
  Packetiser packetiser_{{.shard_bytes = kShardBytes,
                          .max_frame_bytes = 100'000,
                          .rules = {.max_data_count = 50, .agreed_percent = 20}},
                         arena_};
  CountingCodec codec_;
};

TEST_F(FrameSealerTest, SealsEveryPacketWithTheNumberOfItsPlace) {
  crypto::Sealer sealer = make_sealer(), reference = make_sealer();
  FrameSealer batches = make_batches(&sealer), unsealed = make_batches(nullptr);
  std::vector<std::byte> packets, expected;
  for (const std::size_t bytes : {0, 1, 512, 8192, 60'000}) {  // the last has three blocks
    const FramePiece frame = lay_out(bytes, 20);
    all_packets(batches, frame, packets);
    reference.seal(all_packets(unsealed, frame, expected));
    EXPECT_EQ(packets, expected);
    arena_.release_oldest();
  }
}

TEST_F(FrameSealerTest, ParityOfEveryBlockFollowsAllData) {
  FrameSealer batches = make_batches(nullptr);
  const FramePiece frame = lay_out(60'000, 20);  // blocks of 50 + 10, 50 + 10 and 18 + 4
  std::vector<std::byte> packets;
  const PacketRun run = all_packets(batches, frame, packets);
  ASSERT_EQ(run.count, 118u + 24u);
  std::vector<std::byte> data, parity;
  for (std::uint32_t i = 0; i < run.count; ++i) {
    const auto shard = run.packet(i).subspan(kFormat.shard_offset(), kShardBytes);
    (i < 118 ? data : parity).insert((i < 118 ? data : parity).end(), shard.begin(), shard.end());
  }
  EXPECT_TRUE(std::equal(data.begin(), data.end(), frame.data));
  std::vector<std::byte> expected(24 * kShardBytes);
  for (const std::uint16_t block : {0, 1, 2})
    codec_.encode(frame.block(block, expected.data() + block * std::size_t{10} * kShardBytes));
  EXPECT_EQ(parity, expected);
}

TEST_F(FrameSealerTest, DataLeavesBeforeParityIsComputed) {
  crypto::Sealer sealer = make_sealer();
  FrameSealer batches = make_batches(&sealer);
  batches.begin(lay_out(20 * kShardBytes, 20));
  EXPECT_EQ(batches.next().count, 16u);
  EXPECT_EQ(batches.next().count, 4u);  // the rest of the data, and no parity with it
  EXPECT_EQ(codec_.encoded, 0);
  EXPECT_EQ(batches.next().count, 4u);
  EXPECT_EQ(codec_.encoded, 1);
  EXPECT_EQ(batches.next().count, 0u);
  EXPECT_EQ(batches.next().count, 0u);
  EXPECT_EQ(codec_.encoded, 1);
}

TEST_F(FrameSealerTest, ComputesNothingForAFrameWithoutParity) {
  crypto::Sealer sealer = make_sealer();
  FrameSealer batches = make_batches(&sealer);
  EXPECT_EQ(batches.next().count, 0u);  // before the first frame
  std::vector<std::byte> packets;
  EXPECT_EQ(all_packets(batches, lay_out(20 * kShardBytes, 0), packets).count, 20u);
  EXPECT_EQ(codec_.encoded, 0);
}

TEST_F(FrameSealerTest, AFrameBrokenOffUsesNoNumberTwice) {
  crypto::Sealer sealer = make_sealer();
  FrameSealer batches = make_batches(&sealer);
  batches.begin(lay_out(20 * kShardBytes, 20));
  EXPECT_EQ(batches.next().count, 16u);
  batches.begin(lay_out(2 * kShardBytes, 20));
  const PacketRun batch = batches.next();
  EXPECT_EQ(kFormat.read_number(batch.packet(0).first(8), 0), 16u);
  EXPECT_EQ(sealer.next_number(), 18u);
}

}  // namespace
}  // namespace pf::video
