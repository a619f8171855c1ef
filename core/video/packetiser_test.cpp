#include "core/video/packetiser.h"

#include <vector>

#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/fec/gf16_codec.h"
#include "core/wire/v1/packet_header.h"
#include "testing/vectors.h"

namespace pf::video {
namespace {

const message::PacketFormat& kFormat = wire::v1::sealed_packets();

Packetiser::Params params_for(std::uint16_t shard_bytes, std::uint16_t max_data_count,
                              std::uint8_t percent) {
  return {.format = &kFormat,
          .shard_bytes = shard_bytes,
          .max_frame_bytes = 1 << 20,
          .rules = {.max_data_count = max_data_count, .agreed_percent = percent}};
}

std::vector<std::byte> random_bytes(std::size_t count) {
  std::vector<std::byte> bytes(count);
  SeededRng(5).fill(bytes);
  return bytes;
}

TEST(Packetiser, WritesTheHeadersOfTheKnownFramesInTheirOrder) {
  const auto vectors = testing::load_vectors("packet_headers.json");
  for (const auto& vector : vectors.at("frames")) {
    SCOPED_TRACE(vector.at("name").get<std::string>());
    const auto params =
        params_for(vector.at("shard"), vector.at("max_data_per_block"), vector.at("fec_percent"));
    PacketArena arena(4 << 20);
    Packetiser packetiser(params, arena);
    // Bring the stream's packet count to where the vector begins.
    if (const std::uint32_t before = vector.at("first_stream_seq"); before > 0) {
      ASSERT_TRUE(packetiser.begin(0));
      ASSERT_TRUE(packetiser.add(random_bytes(before * std::size_t{params.shard_bytes})));
      packetiser.finish({});
    }
    ASSERT_TRUE(packetiser.begin(vector.at("fec_percent")));
    ASSERT_TRUE(packetiser.add(random_bytes(vector.at("frame_bytes"))));
    const PacketisedFrame frame =
        packetiser.finish({.id = FrameId{vector.at("frame_index").get<std::uint64_t>()},
                           .pts = WireTime(Nanos(1751500000123456789)),
                           .flags = vector.at("user_flags")});
    ASSERT_EQ(frame.run.count, vector.at("headers_in_emission_order").size());
    for (std::uint32_t i = 0; i < frame.run.count; ++i) {
      EXPECT_EQ(to_hex(frame.run.packet(i).subspan(kFormat.clear_bytes, kFormat.header_bytes)),
                vector.at("headers_in_emission_order").at(i).get<std::string>());
    }
  }
}

TEST(Packetiser, PlacesEveryByteOnceHoweverThePartsAreCut) {
  PacketArena arena(4 << 20);
  Packetiser packetiser(params_for(512, 4, 25), arena);
  const auto access_unit = random_bytes(4609);
  ASSERT_TRUE(packetiser.begin(25));
  Bytes rest = access_unit;
  for (std::size_t part = 1; !rest.empty(); part = part * 3 + 1) {
    const std::size_t bytes = std::min(part, rest.size());
    ASSERT_TRUE(packetiser.add(rest.first(bytes)));
    rest = rest.subspan(bytes);
  }
  const PacketisedFrame frame = packetiser.finish({});
  std::vector<std::byte> joined;
  for (std::uint32_t i = 0; i < frame.geometry.data_count(); ++i) {
    const auto shard = frame.run.packet(i).subspan(frame.shard_offset, 512);
    joined.insert(joined.end(), shard.begin(), shard.end());
  }
  std::vector<std::byte> expected = access_unit;
  expected.resize(joined.size());  // zeros behind the end
  EXPECT_EQ(joined, expected);
}

TEST(Packetiser, ParityIsWrittenInPlaceBehindAllData) {
  PacketArena arena(4 << 20);
  Packetiser packetiser(params_for(512, 4, 50), arena);
  ASSERT_TRUE(packetiser.begin(50));
  ASSERT_TRUE(packetiser.add(random_bytes(6 * 512)));
  const PacketisedFrame frame = packetiser.finish({});
  fec::Gf16Codec codec({4, 4});
  write_parity(frame, codec);
  // Blocks of 4 + 2 and 2 + 1: the last packet is the one parity of the second block, the sum of
  // its two shards.
  ASSERT_EQ(frame.run.count, 9u);
  for (std::size_t at = frame.shard_offset; at < frame.shard_offset + 512u; ++at) {
    ASSERT_EQ(frame.run.packet(8)[at], frame.run.packet(4)[at] ^ frame.run.packet(5)[at]);
  }
}

TEST(Packetiser, RefusesMoreThanTheWorstFrameAndCanStartOver) {
  PacketArena arena(4 << 20);
  Packetiser packetiser(params_for(1408, 4096, 10), arena);
  ASSERT_TRUE(packetiser.begin(10));
  EXPECT_TRUE(packetiser.add(random_bytes(1 << 20)));
  EXPECT_FALSE(packetiser.add(random_bytes(1)));
  packetiser.abandon();
  EXPECT_TRUE(packetiser.begin(10));
  EXPECT_EQ(packetiser.finish({}).geometry.frame_bytes(), 0u);
}

TEST(Packetiser, SaysNoWhileTheArenaIsFullAndYesAfterARelease) {
  const auto params = params_for(1408, 4096, 10);
  PacketArena arena(std::size_t{Packetiser::worst_frame_packets(params)} *
                    kFormat.wire_bytes(1408));
  Packetiser packetiser(params, arena);
  ASSERT_TRUE(packetiser.begin(10));
  ASSERT_TRUE(packetiser.add(random_bytes(100)));
  packetiser.finish({});
  EXPECT_FALSE(packetiser.has_room());
  EXPECT_FALSE(packetiser.begin(10));
  arena.release_oldest();
  EXPECT_TRUE(packetiser.has_room());
  EXPECT_TRUE(packetiser.begin(10));
}

TEST(Packetiser, AChangedShardSizeHoldsFromTheNextFrame) {
  PacketArena arena(4 << 20);
  Packetiser packetiser(params_for(1408, 4096, 10), arena);
  packetiser.set_shard_bytes(1216);
  ASSERT_TRUE(packetiser.begin(10));
  ASSERT_TRUE(packetiser.add(random_bytes(3000)));
  const PacketisedFrame frame = packetiser.finish({});
  EXPECT_EQ(frame.geometry.data_count(), 3u);
  EXPECT_EQ(frame.run.stride, 1280);
}

}  // namespace
}  // namespace pf::video
