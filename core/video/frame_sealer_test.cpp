#include "core/video/frame_sealer.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/fec/gf16_codec.h"
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
  PacketisedFrame lay_out(std::size_t bytes, std::uint8_t percent) {
    std::vector<std::byte> access_unit(bytes);
    SeededRng(6).fill(access_unit);
    EXPECT_TRUE(packetiser_.begin(percent));
    EXPECT_TRUE(packetiser_.add(access_unit));
    return packetiser_.finish({.id = FrameId{7}, .flags = 1});
  }
  std::vector<std::byte> all_batches(FrameSealer& sealer) {
    std::vector<std::byte> bytes;
    for (PacketRun batch = sealer.next(); batch.count > 0; batch = sealer.next())
      bytes.insert(bytes.end(), batch.base, batch.base + batch.bytes());
    return bytes;
  }

  PacketArena arena_{1 << 20};
  Packetiser packetiser_{{.format = &kFormat,
                          .shard_bytes = kShardBytes,
                          .max_frame_bytes = 100'000,
                          .rules = {.max_data_count = 50, .agreed_percent = 20}},
                         arena_};
  CountingCodec codec_;
  const std::uint16_t stride_ = kFormat.wire_bytes(kShardBytes);
};

TEST_F(FrameSealerTest, GivesTheBytesThatProtectingAndSealingTheWholeGives) {
  crypto::Sealer sealer = make_sealer(), reference = make_sealer();
  FrameSealer batches(sealer, codec_, 16, stride_);
  for (const std::size_t bytes : {0, 1, 512, 8192, 60'000}) {  // the last has three blocks
    const PacketisedFrame frame = lay_out(bytes, 20);
    batches.begin(frame);
    const auto sealed = all_batches(batches);
    write_parity(frame, codec_);
    reference.seal(frame.run);
    const auto expected = std::span(frame.run.base, frame.run.bytes());
    EXPECT_TRUE(std::equal(sealed.begin(), sealed.end(), expected.begin(), expected.end()));
    arena_.release_oldest();
  }
}

TEST_F(FrameSealerTest, DataLeavesBeforeParityIsComputed) {
  crypto::Sealer sealer = make_sealer();
  FrameSealer batches(sealer, codec_, 16, stride_);
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
  FrameSealer batches(sealer, codec_, 16, stride_);
  EXPECT_EQ(batches.next().count, 0u);  // before the first frame
  batches.begin(lay_out(20 * kShardBytes, 0));
  EXPECT_EQ(all_batches(batches).size(), 20u * stride_);
  EXPECT_EQ(codec_.encoded, 0);
}

TEST_F(FrameSealerTest, AFrameBrokenOffUsesNoNumberTwice) {
  crypto::Sealer sealer = make_sealer();
  FrameSealer batches(sealer, codec_, 16, stride_);
  batches.begin(lay_out(20 * kShardBytes, 20));
  EXPECT_EQ(batches.next().count, 16u);
  batches.begin(lay_out(2 * kShardBytes, 20));
  const PacketRun batch = batches.next();
  EXPECT_EQ(kFormat.read_number(batch.packet(0).first(8), 0), 16u);
  EXPECT_EQ(sealer.next_number(), 18u);
}

}  // namespace
}  // namespace pf::video
