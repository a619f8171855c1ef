#include "core/wire/v1/packet_header.h"

#include <array>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/message/shard_size.h"
#include "testing/vectors.h"

namespace pf::wire::v1 {
namespace {

using message::IpFamily;
using message::Packet;
using message::PacketFault;
using message::PacketHeader;
using message::PacketLimits;

constexpr std::uint16_t kOverheadBytes = 64;

// The bytes of a whole packet: header, then a shard of zeros.
std::vector<std::byte> packet_of(const PacketFields& fields) {
  std::vector<std::byte> bytes(kPacketHeaderBytes + fields.shard_bytes);
  ByteWriter out(bytes);
  write_packet_fields(out, fields);
  return bytes;
}

const PacketLimits kLimits{.max_data_count = 4,
                           .max_shard_count = max_shards_per_block(4, 1),
                           .min_shard_bytes = 512,
                           .max_frame_bytes = 64 * 512};

tl::expected<Packet, PacketFault> parse(const PacketFields& fields,
                                        const PacketLimits& limits = kLimits) {
  const std::vector<std::byte> bytes = packet_of(fields);
  return sealed_packets().parse(bytes, limits);
}

PacketFields second_of_three_blocks() {
  return {.pts_ns = 7,
          .frame_index = 1,
          .stream_seq = 2,
          .frame_bytes = 4609,
          .user_flags = 1,
          .block_index = 1,
          .block_count = 3,
          .data_shards = 4,
          .recovery_shards = 1,
          .shard_index = 4,
          .shard_bytes = 512,
          .packet_flags = kPacketPicture};
}

TEST(PacketFields, LieWhereTheKnownAnswerSays) {
  const auto vectors = testing::load_vectors("packet_headers.json");
  for (const auto& vector : vectors.at("headers")) {
    const auto bytes = testing::unhex(vector.at("hex"));
    const auto fields = parse_packet_fields(bytes);
    ASSERT_TRUE(fields);
    const auto number = [&](const char* name) {
      const auto& value = vector.at("fields").at(name);
      return value.is_string() ? std::stoull(value.get<std::string>(), nullptr, 0)
                               : value.get<std::uint64_t>();
    };
    EXPECT_EQ(fields->pts_ns, number("pts_ns"));
    EXPECT_EQ(fields->frame_index, number("frame_index"));
    EXPECT_EQ(fields->stream_seq, number("stream_seq"));
    EXPECT_EQ(fields->frame_bytes, number("frame_bytes"));
    EXPECT_EQ(fields->user_flags, number("user_flags"));
    EXPECT_EQ(fields->block_index, number("block_index"));
    EXPECT_EQ(fields->block_count, number("block_count"));
    EXPECT_EQ(fields->data_shards, number("data_shards"));
    EXPECT_EQ(fields->recovery_shards, number("recovery_shards"));
    EXPECT_EQ(fields->shard_index, number("shard_index"));
    EXPECT_EQ(fields->shard_bytes, number("shard_bytes"));
    EXPECT_EQ(fields->fec_scheme, number("fec_scheme"));
    EXPECT_EQ(fields->packet_flags, number("flags"));
    std::array<std::byte, kPacketHeaderBytes> again{};
    ByteWriter out(again);
    write_packet_fields(out, *fields);
    EXPECT_EQ(to_hex(out.written()), vector.at("hex").get<std::string>());
  }
}

TEST(PacketFields, NeedTheMagicAndAllTheirBytes) {
  std::vector<std::byte> bytes = packet_of({.shard_bytes = 0});
  EXPECT_TRUE(parse_packet_fields(bytes));
  EXPECT_FALSE(parse_packet_fields(Bytes(bytes).first(39)));
  bytes[36] = std::byte{0xC8};
  EXPECT_FALSE(parse_packet_fields(bytes));
}

TEST(PacketHeader, EveryHeaderOfTheKnownFramesComesBackTheSame) {
  const auto vectors = testing::load_vectors("packet_headers.json");
  for (const char* kind : {"frames", "streamed_frames"}) {
    for (const auto& frame : vectors.at(kind)) {
      SCOPED_TRACE(frame.at("name").get<std::string>());
      const std::uint16_t per_block = frame.at("max_data_per_block");
      const PacketLimits limits{.max_data_count = per_block,
                                .max_shard_count = max_shards_per_block(per_block, 1),
                                .min_shard_bytes = 512,
                                .max_frame_bytes = 1 << 20};
      for (const auto& hex : frame.at("headers_in_emission_order")) {
        std::vector<std::byte> bytes = testing::unhex(hex);
        bytes.resize(kPacketHeaderBytes + frame.at("shard").get<std::size_t>());
        const auto packet = sealed_packets().parse(bytes, limits);
        ASSERT_TRUE(packet);
        std::array<std::byte, kPacketHeaderBytes> again{};
        sealed_packets().write_header(again, packet->header);
        EXPECT_EQ(to_hex(again), hex.get<std::string>());
      }
    }
  }
}

TEST(PacketHeader, AUniformFrameIsReadInSliceForm) {
  const auto packet = parse(second_of_three_blocks());
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->header.base_shard, 4u);
  EXPECT_TRUE(packet->header.totals_known);
  EXPECT_EQ(packet->header.frame_bytes, 4609u);
  EXPECT_EQ(packet->shard.size(), 512u);
}

TEST(PacketHeader, AnEarlySliceCarriesItsBaseAndTheFinalOneTheTotals) {
  PacketFields early = second_of_three_blocks();
  early.user_flags = 1 | message::frame_flags::kSliceStream;
  early.block_count = 0;
  early.data_shards = 3;
  early.shard_index = 0;
  early.frame_bytes = 2 * 512;
  ASSERT_TRUE(parse(early));
  EXPECT_EQ(parse(early)->header.base_shard, 2u);
  EXPECT_FALSE(parse(early)->header.totals_known);

  PacketFields final = early;
  final.block_index = 2;
  final.block_count = 3;
  final.data_shards = 4;
  final.frame_bytes = 4609;  // 10 shards
  ASSERT_TRUE(parse(final));
  EXPECT_EQ(parse(final)->header.base_shard, 6u);
  EXPECT_TRUE(parse(final)->header.is_last_block());
}

TEST(PacketHeader, RefusesWhatNoSenderMayWrite) {
  const auto fault_with = [](auto change, PacketFields fields = second_of_three_blocks()) {
    change(fields);
    const auto packet = parse(fields);
    return packet ? std::nullopt : std::optional(packet.error());
  };
  const auto geometry = std::optional(PacketFault::geometry);
  EXPECT_EQ(fault_with([](PacketFields&) {}), std::nullopt);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.shard_bytes = 510; }), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.shard_bytes = 513; }), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.shard_bytes = 9154; }), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.data_shards = 0; }), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.data_shards = 5; }), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.data_shards = 3; }), geometry);  // of a full block
  EXPECT_EQ(fault_with([](PacketFields& f) { f.recovery_shards = 5; }), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.shard_index = 5; }), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.block_index = 3; }), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.block_count = 2; }), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.frame_bytes = 64 * 512 + 1; }), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.block_count = 0; }),
            geometry);  // an early block says 0 bytes

  const PacketFields early{.user_flags = 1 | message::frame_flags::kSliceStream,
                           .data_shards = 4,
                           .recovery_shards = 1,
                           .shard_bytes = 512};
  EXPECT_EQ(fault_with([](PacketFields& f) { f.frame_bytes = 60 * 512; }, early), std::nullopt);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.frame_bytes = 61 * 512; }, early), geometry);
  EXPECT_EQ(fault_with([](PacketFields& f) { f.frame_bytes = 511; }, early), geometry);
}

TEST(PacketHeader, NeedsTheWholeShardAndToleratesMore) {
  std::vector<std::byte> bytes = packet_of(second_of_three_blocks());
  bytes.resize(bytes.size() + 3);
  EXPECT_EQ(sealed_packets().parse(bytes, kLimits)->shard.size(), 512u);
  bytes.resize(bytes.size() - 4);
  EXPECT_EQ(sealed_packets().parse(bytes, kLimits).error(), PacketFault::truncated);
  bytes.resize(39);
  EXPECT_EQ(sealed_packets().parse(bytes, kLimits).error(), PacketFault::truncated);
}

RC_GTEST_PROP(PacketHeader, WhatIsWrittenIsRead, ()) {
  // A legal block: some uniform frame, any shard of any of its blocks.
  const auto shard_bytes = static_cast<std::uint16_t>(2 * *rc::gen::inRange(256, 700));
  const auto frame_bytes = *rc::gen::inRange<std::uint32_t>(0, 64 * 512 + 1);
  const std::uint32_t shards = frame_bytes == 0 ? 1 : (frame_bytes - 1) / shard_bytes + 1;
  const auto blocks = static_cast<std::uint16_t>((shards - 1) / 4 + 1);
  const auto block = static_cast<std::uint16_t>(*rc::gen::inRange<int>(0, blocks));
  const auto k = static_cast<std::uint16_t>(std::min(4u, shards - block * 4u));
  const auto m = static_cast<std::uint16_t>(*rc::gen::inRange(0, 9 - k));
  const PacketHeader header{.pts = WireTime(Nanos(*rc::gen::arbitrary<std::int64_t>())),
                            .frame_index = *rc::gen::arbitrary<std::uint32_t>(),
                            .stream_sequence = *rc::gen::arbitrary<std::uint32_t>(),
                            .flags = *rc::gen::inRange<std::uint32_t>(0, 0x80),
                            .base_shard = block * 4u,
                            .frame_bytes = frame_bytes,
                            .block_index = block,
                            .block_count = blocks,
                            .data_count = k,
                            .parity_count = m,
                            .shard_index = static_cast<std::uint16_t>(*rc::gen::inRange(0, k + m)),
                            .shard_bytes = shard_bytes,
                            .totals_known = true,
                            .first_packet = *rc::gen::arbitrary<bool>(),
                            .last_packet = *rc::gen::arbitrary<bool>()};
  std::vector<std::byte> bytes(kPacketHeaderBytes + shard_bytes);
  sealed_packets().write_header(std::span(bytes).first(kPacketHeaderBytes), header);
  const auto packet = sealed_packets().parse(bytes, kLimits);
  RC_ASSERT(packet.has_value());
  RC_ASSERT(packet->header == header);
}

TEST(PacketFormat, TheOverheadIsTheSumOfItsParts) {
  EXPECT_EQ(sealed_packets().overhead_bytes(), kOverheadBytes);
  EXPECT_EQ(sealed_packets().wire_bytes(1408), 1472);
  EXPECT_EQ(bare_packets().overhead_bytes(), 40);
}

TEST(ShardSize, FollowsFromTheMtu) {
  const nlohmann::json rules = testing::load_vectors("rules.json").at("shard_size");
  for (const auto& row : rules.at("rows")) {
    const std::uint32_t mtu = row.at("mtu");
    const IpFamily family = row.at("ipv6").get<bool>() ? IpFamily::v6 : IpFamily::v4;
    const std::uint32_t udp_bytes = message::udp_bytes_of_mtu(mtu, family);
    const std::uint16_t shard =
        mtu > 1500 ? message::jumbo_shard_bytes_from_udp(udp_bytes, kOverheadBytes, 65535)
                   : message::shard_bytes_from_udp(udp_bytes, family, kOverheadBytes);
    EXPECT_EQ(shard, row.at("shard").get<int>()) << mtu;
    EXPECT_EQ(sealed_packets().wire_bytes(shard), row.at("sealed_udp_payload").get<int>()) << mtu;
  }
  for (const auto& row : rules.at("from_udp_budget").at("rows")) {
    const IpFamily family = row.at("ipv6").get<bool>() ? IpFamily::v6 : IpFamily::v4;
    EXPECT_EQ(message::shard_bytes_from_udp(row.at("udp_budget"), family, kOverheadBytes),
              row.at("shard").get<int>());
  }
  EXPECT_EQ(message::jumbo_shard_bytes_from_udp(60000, kOverheadBytes, 65535), 9152);
  EXPECT_EQ(message::jumbo_shard_bytes_from_udp(9000, kOverheadBytes, 2000), 2000);
}

TEST(FrameIndex, IsComparedInHalfOfItsSpace) {
  const auto vectors = testing::load_vectors("gates.json");
  for (const auto& row : vectors.at("frame_index_newer").at("rows")) {
    EXPECT_EQ(message::newer_index(row.at(0), row.at(1)), row.at(2).get<bool>());
  }
}

}  // namespace
}  // namespace pf::wire::v1
