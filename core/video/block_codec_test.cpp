#include "core/video/block_codec.h"

#include <gtest/gtest.h>

#include "core/video/frame_geometry.h"
#include "core/wire/v1/packet_header.h"

namespace pf::video {
namespace {

// Whatever parity the adaptation asks for, both codecs know every block that geometry makes.
TEST(BlockCodec, KnowsEveryBlockThatASenderMakes) {
  constexpr std::uint16_t kShardBytes = 1024;
  for (const auto scheme : {message::FecScheme::gf8, message::FecScheme::gf16}) {
    for (const std::uint16_t per_block : {1, 2, 64, 134, 200, 254, 255}) {
      for (const std::uint8_t agreed : {0, 1, 10, 90}) {
        const message::FecParameters fec{
            .scheme = scheme, .percent = agreed, .max_data_per_block = per_block};
        const auto limits = wire::v1::packet_limits(fec, kShardBytes, 1 << 20);
        const auto codec = make_block_codec(scheme, limits);
        for (const std::uint32_t shards : {1u, 3u, 64u, 100u, 200u, 255u, 300u}) {
          for (const std::uint8_t percent : {1, 25, 50, 90}) {
            const FrameGeometry frame(shards * kShardBytes, kShardBytes, block_rules(fec), percent);
            for (std::uint16_t b = 0; b < frame.block_count(); ++b) {
              const BlockShape shape = frame.block(b);
              ASSERT_LE(shape.data_count + shape.parity_count, max_block_shards(scheme));
              ASSERT_LE(shape.data_count + shape.parity_count, limits.max_shard_count);
              if (shape.parity_count == 0) continue;
              ASSERT_TRUE(codec->supports({.stride = kShardBytes,
                                           .shard_bytes = kShardBytes,
                                           .data_count = shape.data_count,
                                           .parity_count = shape.parity_count}))
                  << shape.data_count << "+" << shape.parity_count;
            }
          }
        }
      }
    }
  }
}

// A host may choose blocks that fill the field, without parity.
TEST(BlockCodec, IsMadeForBlocksThatLeaveNoRoomForParity) {
  for (const auto scheme : {message::FecScheme::gf8, message::FecScheme::gf16}) {
    const message::FecParameters fec{
        .scheme = scheme, .percent = 0, .max_data_per_block = max_block_shards(scheme)};
    EXPECT_NE(make_block_codec(scheme, wire::v1::packet_limits(fec, 1024, 1 << 20)), nullptr);
  }
}

}  // namespace
}  // namespace pf::video
