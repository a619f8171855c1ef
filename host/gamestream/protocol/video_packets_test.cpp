#include "host/gamestream/protocol/video_packets.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/crypto/sha256.h"
#include "testing/no_alloc.h"
#include "testing/vectors.h"

namespace pf::gamestream {
namespace {

using testing::unhex;
using Datagrams = std::vector<std::vector<std::byte>>;

const nlohmann::json& vectors() {
  static const nlohmann::json all = testing::load_vectors("gamestream.json");
  return all;
}

Datagrams all_of(VideoPackets& packets, const VideoFrame& frame) {
  Datagrams datagrams;
  EXPECT_TRUE(packets.begin(frame));
  for (PacketRun run = packets.next(); run.count > 0; run = packets.next()) {
    for (std::uint32_t i = 0; i < run.count; ++i)
      datagrams.emplace_back(run.packet(i).begin(), run.packet(i).end());
  }
  return datagrams;
}

Datagrams datagrams_of(const nlohmann::json& list) {
  Datagrams datagrams;
  for (const auto& text : list) datagrams.push_back(unhex(text));
  return datagrams;
}

VideoPacketParams vector_params() {
  return {.packet_size = 64, .fec_percent = 20, .min_parity = 2, .batch_packets = 7};
}

TEST(FrameBlocks, AnswerWhatSunshineAndTheClientCompute) {
  for (const auto& vector : vectors().at("fec_percentage").at("cases")) {
    const auto blocks =
        FrameBlocks::of(vector.at("data"), vector.at("configured"), vector.at("min"));
    ASSERT_TRUE(blocks);
    ASSERT_EQ(blocks->count(), 1u);
    EXPECT_EQ(blocks->shape(0).parity_count, vector.at("parity")) << vector;
    EXPECT_EQ(blocks->shape(0).percent, vector.at("fecinfo_percent")) << vector;
  }
}

TEST(FrameBlocks, AlwaysAgreeWithTheClientsOwnComputation) {
  for (std::uint32_t percent = 0; percent <= 255; percent += 5) {
    for (std::uint32_t packets = 1; packets <= kMaxBlocks * kMaxBlockPackets; packets += 7) {
      for (std::uint32_t min_parity = 0; min_parity < 9; min_parity += 2) {
        const auto blocks = FrameBlocks::of(packets, percent, min_parity);
        ASSERT_TRUE(blocks);
        std::uint32_t data = 0;
        for (std::uint32_t i = 0; i < blocks->count(); ++i) {
          const BlockShape shape = blocks->shape(i);
          data += shape.data_count;
          ASSERT_GT(shape.data_count, 0);
          ASSERT_EQ(shape.parity_count, (shape.data_count * shape.percent + 99) / 100);
          if (shape.parity_count > 0) {
            ASSERT_LE(shape.data_count + shape.parity_count, static_cast<int>(kMaxProtectedShards));
          }
        }
        ASSERT_EQ(data, packets);
      }
    }
  }
  EXPECT_FALSE(FrameBlocks::of(kMaxBlocks * kMaxBlockPackets + 1, 20, 2));
}

TEST(VideoPackets, AreTheBytesThatAStockClientAccepted) {
  VideoPackets packets(vector_params());
  for (const auto& vector : vectors().at("video_frames").at("frames")) {
    const auto access_unit = unhex(vector.at("access_unit"));
    ASSERT_EQ(packets.next_frame_index(), vector.at("frame_index"));
    EXPECT_EQ(all_of(packets, {.access_unit = access_unit,
                               .kind = static_cast<FrameKind>(vector.at("frame_type").get<int>()),
                               .timestamp_90khz = vector.at("rtp_timestamp"),
                               .host_latency_tenths_ms = vector.at("latency_tenths_ms")}),
              datagrams_of(vector.at("datagrams")));
  }
}

TEST(VideoPackets, FollowTheBlocksOfALargeFrame) {
  const auto& vector = vectors().at("video_multi_fec");
  auto access_unit = unhex("0000000167640028acd9");
  const auto add = [&](const std::vector<std::byte>& bytes) {
    access_unit.insert(access_unit.end(), bytes.begin(), bytes.end());
  };
  for (int i = 0x11; i <= 0x16; ++i) access_unit.push_back(std::byte(i));
  add(unhex("0000000168ebe3cb"));
  add(unhex("0000000165"));
  for (int i = 0; i < 24000; ++i) access_unit.push_back(std::byte(0x81 + i * 7 % 0x60));
  ASSERT_EQ(to_hex(crypto::sha256(access_unit)), vector.at("access_unit_sha256"));

  // What came before it in the vectors: ten datagrams of two frames.
  VideoPackets packets(vector_params());
  for (const auto& frame : vectors().at("video_frames").at("frames"))
    all_of(packets, {.access_unit = unhex(frame.at("access_unit"))});
  const Datagrams datagrams = all_of(
      packets, {.access_unit = access_unit, .kind = FrameKind::idr, .timestamp_90khz = 93000});
  ASSERT_EQ(datagrams.size(), vector.at("datagram_count"));
  for (const auto& [index, header] : vector.at("headers_32").items()) {
    const auto& datagram = datagrams.at(std::stoul(index));
    EXPECT_EQ(to_hex(Bytes(datagram).first(32)), header) << index;
  }
  std::vector<std::byte> together;
  for (const auto& datagram : datagrams)
    together.insert(together.end(), datagram.begin(), datagram.end());
  EXPECT_EQ(to_hex(crypto::sha256(together)), vector.at("sha256_of_all_datagrams_concatenated"));
}

TEST(VideoPackets, SayHowMuchOfTheLastPacketCounts) {
  const auto& vector = vectors().at("video_av1");
  VideoPackets packets(vector_params());
  const auto access_unit = unhex(vector.at("access_unit"));
  EXPECT_EQ(all_of(packets,
                   {.access_unit = access_unit, .kind = FrameKind::idr, .timestamp_90khz = 3000}),
            datagrams_of(vector.at("datagrams")));
}

TEST(VideoPackets, AreEncryptedWhole) {
  const auto& vector = vectors().at("video_encrypted");
  VideoPacketParams params = vector_params();
  const auto key = unhex(vector.at("rikey"));
  params.key.emplace(std::span<const std::byte, 16>(key.data(), 16));
  VideoPackets packets(params);
  const auto& frame = vectors().at("video_frames").at("frames").at(0);
  const auto access_unit = unhex(frame.at("access_unit"));
  EXPECT_EQ(all_of(packets, {.access_unit = access_unit,
                             .kind = FrameKind::idr,
                             .timestamp_90khz = frame.at("rtp_timestamp"),
                             .host_latency_tenths_ms = frame.at("latency_tenths_ms")}),
            datagrams_of(vector.at("datagrams")));
  EXPECT_EQ(packets.datagram_bytes(), 64 + 16 + 32);
}

TEST(VideoPackets, RefuseAFrameThatHeadersCannotCount) {
  VideoPackets packets(vector_params());
  const std::vector<std::byte> access_unit(packets.max_frame_bytes() + 1);
  EXPECT_FALSE(packets.begin({.access_unit = access_unit}));
  EXPECT_EQ(packets.next().count, 0u);
  EXPECT_EQ(packets.next_frame_index(), 1u);
  EXPECT_EQ(
      all_of(packets, {.access_unit = Bytes(access_unit).first(packets.max_frame_bytes())}).size(),
      kMaxBlocks * kMaxBlockPackets);
}

TEST(VideoPackets, LeaveWithoutAllocating) {
  VideoPacketParams params;
  params.key.emplace();
  VideoPackets packets(params);
  const std::vector<std::byte> access_unit(300'000);
  const auto send = [&] {
    packets.begin({.access_unit = access_unit});
    while (packets.next().count > 0) {
    }
  };
  send();  // the codec remembers a shape
  const testing::AllocationCount allocations;
  for (int i = 0; i < 20; ++i) send();
  EXPECT_EQ(allocations.now(), 0u);
}

}  // namespace
}  // namespace pf::gamestream
