#include "core/video/packetiser.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/rng.h"
#include "core/fec/gf16_codec.h"
#include "core/video/frame_sealer.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/packet_header.h"
#include "testing/vectors.h"

namespace pf::video {
namespace {

const message::PacketFormat& kFormat = wire::v1::sealed_packets();
constexpr WireTime kPts(Nanos(1751500000123456789));

Packetiser::Params params_for(std::uint16_t shard_bytes, std::uint16_t max_data_count,
                              std::uint8_t percent, Streaming streaming = Streaming::none) {
  return {.shard_bytes = shard_bytes,
          .max_frame_bytes = 1 << 20,
          .rules = {.max_data_count = max_data_count, .agreed_percent = percent},
          .streaming = streaming};
}

std::vector<std::byte> random_bytes(std::size_t count) {
  std::vector<std::byte> bytes(count);
  SeededRng(5).fill(bytes);
  return bytes;
}

// All pieces of frames as unsealed packets, one after the other.
class Wire {
 public:
  explicit Wire(const Packetiser::Params& params)
      : batches_(kFormat, nullptr, codec_,
                 {.shard_bytes = params.shard_bytes, .data_count = params.rules.max_data_count}) {}

  void put(const FramePiece& piece) {
    std::vector<std::byte> memory;
    const PacketRun run = all_packets(batches_, piece, memory);
    for (std::uint32_t i = 0; i < run.count; ++i) {
      const auto packet = run.packet(i).subspan(kFormat.clear_bytes);
      packets.emplace_back(packet.begin(), packet.end() - kFormat.tag_bytes);
    }
  }
  std::vector<std::string> headers() const {
    std::vector<std::string> written;
    for (const auto& packet : packets)
      written.push_back(to_hex(Bytes(packet).first(kFormat.header_bytes)));
    return written;
  }

  std::vector<std::vector<std::byte>> packets;

 private:
  fec::Gf16Codec codec_{{4096, 4096}};
  FrameSealer batches_;
};

TEST(Packetiser, TheKnownFramesGetTheirHeadersInTheirOrder) {
  const auto vectors = testing::load_vectors("packet_headers.json");
  for (const auto& vector : vectors.at("frames")) {
    SCOPED_TRACE(vector.at("name").get<std::string>());
    const std::uint8_t percent = vector.at("fec_percent");
    const auto params = params_for(vector.at("shard"), vector.at("max_data_per_block"), percent);
    PacketArena arena(4 << 20);
    Packetiser packetiser(params, arena);
    Wire wire(params);
    // Bring the stream's packet count to where the vector begins.
    if (const std::uint32_t before = vector.at("first_stream_seq"); before > 0) {
      ASSERT_TRUE(packetiser.begin({}, 0));
      ASSERT_TRUE(packetiser.add(random_bytes(before * std::size_t{params.shard_bytes})));
      wire.put(packetiser.finish());
      wire.packets.clear();
    }
    const FrameId id{vector.at("frame_index").get<std::uint64_t>()};
    ASSERT_TRUE(
        packetiser.begin({.id = id, .pts = kPts, .flags = vector.at("user_flags")}, percent));
    ASSERT_TRUE(packetiser.add(random_bytes(vector.at("frame_bytes"))));
    wire.put(packetiser.finish());
    EXPECT_EQ(wire.headers(),
              vector.at("headers_in_emission_order").get<std::vector<std::string>>());
  }
}

TEST(Packetiser, SoDoTheKnownStreamedFrames) {
  const auto vectors = testing::load_vectors("packet_headers.json");
  for (const auto& vector : vectors.at("streamed_frames")) {
    SCOPED_TRACE(vector.at("name").get<std::string>());
    const bool slices = vector.contains("chunks_pushed_each_ending_a_slice");
    const std::uint8_t percent = vector.at("fec_percent");
    const auto params = params_for(vector.at("shard"), vector.at("max_data_per_block"), percent,
                                   slices ? Streaming::slices : Streaming::blocks);
    PacketArena arena(4 << 20);
    Packetiser packetiser(params, arena);
    Wire wire(params);
    const FrameId id{vector.at("frame_index").get<std::uint64_t>()};
    ASSERT_TRUE(
        packetiser.begin({.id = id, .pts = kPts, .flags = vector.at("user_flags")}, percent));
    const char* const parts = slices ? "chunks_pushed_each_ending_a_slice" : "chunks_pushed";
    for (const std::size_t bytes : vector.at(parts)) {
      ASSERT_TRUE(packetiser.add(random_bytes(bytes)));
      while (const auto piece = packetiser.next_piece()) wire.put(*piece);
    }
    wire.put(packetiser.finish());
    EXPECT_EQ(wire.headers(),
              vector.at("headers_in_emission_order").get<std::vector<std::string>>());
  }
}

TEST(Packetiser, PlacesEveryByteOnceHoweverThePartsAreCut) {
  PacketArena arena(4 << 20);
  Packetiser packetiser(params_for(512, 4, 25), arena);
  const auto access_unit = random_bytes(4609);
  ASSERT_TRUE(packetiser.begin({}, 25));
  Bytes rest = access_unit;
  for (std::size_t part = 1; !rest.empty(); part = part * 3 + 1) {
    const std::size_t bytes = std::min(part, rest.size());
    ASSERT_TRUE(packetiser.add(rest.first(bytes)));
    rest = rest.subspan(bytes);
  }
  const FramePiece frame = packetiser.finish();
  std::vector<std::byte> expected = access_unit;
  expected.resize(std::size_t{frame.geometry.data_count()} * 512);  // zeros behind the end
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), frame.data));
}

TEST(Packetiser, ABorrowedAccessUnitGetsTheSamePackets) {
  for (const std::size_t bytes : {0, 1, 512, 4608, 4609}) {
    const auto params = params_for(512, 4, 25);
    PacketArena arena(1 << 20);
    Packetiser copying(params_for(512, 4, 25), arena);
    const Packetiser::FrameInfo info{.id = FrameId{9}, .pts = kPts, .flags = 5};
    const auto access_unit = random_bytes(bytes);
    ASSERT_TRUE(copying.begin(info, 25));
    ASSERT_TRUE(copying.add(access_unit));
    Wire copied(params), borrowed(params);
    copied.put(copying.finish());

    PacketArena small_arena(512);
    Packetiser borrowing(params, small_arena);
    const auto piece = borrowing.borrow(info, 25, access_unit);
    ASSERT_TRUE(piece);
    EXPECT_FALSE(borrowing.borrow(info, 25, access_unit));
    borrowed.put(*piece);
    EXPECT_EQ(copied.packets, borrowed.packets);
  }
}

TEST(Packetiser, KeepsWhatASliceDoesNotFillForTheNextOne) {
  PacketArena arena(4 << 20);
  Packetiser packetiser(params_for(512, 64, 25, Streaming::slices), arena);
  ASSERT_TRUE(packetiser.begin({}, 25));
  ASSERT_TRUE(packetiser.add(random_bytes(16 * 512 - 1)));
  EXPECT_FALSE(packetiser.next_piece());  // 15 whole shards
  ASSERT_TRUE(packetiser.add(random_bytes(1)));
  const auto early = packetiser.next_piece();  // 16, but the last block needs one
  ASSERT_TRUE(early);
  EXPECT_EQ(early->geometry.data_count(), 15u);
  EXPECT_FALSE(early->last);
  EXPECT_FALSE(packetiser.next_piece());
  const FramePiece last = packetiser.finish();
  EXPECT_EQ(last.base_shard, 15u);
  EXPECT_EQ(last.geometry.data_count(), 1u);
  EXPECT_TRUE(last.last);
}

TEST(Packetiser, AStreamedFrameGivenUpKeepsItsRunUntilItsPiecesAreSent) {
  const auto params = params_for(512, 64, 25, Streaming::slices);
  PacketArena arena(Packetiser::worst_frame_bytes(params));
  Packetiser packetiser(params, arena);
  ASSERT_TRUE(packetiser.begin({}, 25));
  EXPECT_FALSE(packetiser.abandon());
  EXPECT_TRUE(packetiser.has_room());
  ASSERT_TRUE(packetiser.begin({}, 25));
  ASSERT_TRUE(packetiser.add(random_bytes(20 * 512)));
  ASSERT_TRUE(packetiser.next_piece());
  EXPECT_TRUE(packetiser.abandon());
  EXPECT_FALSE(packetiser.has_room());
  arena.release_oldest();
  EXPECT_TRUE(packetiser.has_room());
}

// Whatever the slices, blocks, losses and the order of arrival.
RC_GTEST_PROP(Packetiser, WhatItStreamsIsPutTogetherAgain, ()) {
  constexpr std::uint8_t kPercent = 50;
  const auto streaming = *rc::gen::element(Streaming::none, Streaming::blocks, Streaming::slices);
  const auto max_data = *rc::gen::inRange<std::uint16_t>(1, 80);
  const auto slices =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 40'000));
  SeededRng rng(*rc::gen::arbitrary<std::uint64_t>());
  auto params = params_for(512, max_data, kPercent, streaming);
  params.max_frame_bytes = 8 << 20;
  PacketArena arena(Packetiser::worst_frame_bytes(params));
  Packetiser packetiser(params, arena);
  Wire wire(params);
  std::vector<std::byte> access_unit;
  RC_ASSERT(packetiser.begin({.id = FrameId{3}, .pts = kPts, .flags = 1}, kPercent));
  for (const std::uint32_t bytes : slices) {
    std::vector<std::byte> slice(bytes);
    rng.fill(slice);
    access_unit.insert(access_unit.end(), slice.begin(), slice.end());
    RC_ASSERT(packetiser.add(slice));
    if (rng.below(4) == 0) continue;  // the queue of pieces is full
    while (const auto piece = packetiser.next_piece()) wire.put(*piece);
  }
  wire.put(packetiser.finish());

  fec::Gf16Codec codec({80, 80});
  Reassembler reassembler(kFormat,
                          {.max_data_count = max_data,
                           .max_shard_count = wire::v1::max_shards_per_block(max_data, 1),
                           .max_frame_bytes = params.max_frame_bytes},
                          codec);
  // One packet of every block is lost; every block has parity.
  std::vector<const std::vector<std::byte>*> on_the_way;
  std::uint16_t lost_block = 0;
  for (const auto& packet : wire.packets) {
    const auto fields = *wire::v1::parse_packet_fields(packet);
    if (fields.shard_index == 0 && fields.block_index == lost_block) {
      ++lost_block;
      continue;
    }
    on_the_way.push_back(&packet);
  }
  for (std::size_t i = on_the_way.size(); i > 1; --i)
    std::swap(on_the_way[i - 1], on_the_way[rng.below(i)]);
  std::optional<ReassembledFrame> delivered;
  for (const auto* packet : on_the_way) {
    if (auto frame = reassembler.push(*packet, LocalTime{})) delivered = frame;
  }
  RC_ASSERT(delivered.has_value());
  RC_ASSERT(std::equal(delivered->bytes.begin(), delivered->bytes.end(), access_unit.begin(),
                       access_unit.end()));
  RC_ASSERT(reassembler.counters().rejected == decltype(ReceptionCounters::rejected){});
}

TEST(Packetiser, RefusesMoreThanTheWorstFrameAndCanStartOver) {
  PacketArena arena(4 << 20);
  Packetiser packetiser(params_for(1408, 4096, 10), arena);
  ASSERT_TRUE(packetiser.begin({}, 10));
  EXPECT_TRUE(packetiser.add(random_bytes(1 << 20)));
  EXPECT_FALSE(packetiser.add(random_bytes(1)));
  packetiser.abandon();
  EXPECT_TRUE(packetiser.begin({}, 10));
  EXPECT_EQ(packetiser.finish().head.frame_bytes, 0u);
}

TEST(Packetiser, SaysNoWhileTheArenaIsFullAndYesAfterARelease) {
  const auto params = params_for(1408, 4096, 10);
  PacketArena arena(Packetiser::worst_frame_bytes(params));
  Packetiser packetiser(params, arena);
  ASSERT_TRUE(packetiser.begin({}, 10));
  ASSERT_TRUE(packetiser.add(random_bytes(100)));
  packetiser.finish();
  EXPECT_FALSE(packetiser.has_room());
  EXPECT_FALSE(packetiser.begin({}, 10));
  arena.release_oldest();
  EXPECT_TRUE(packetiser.has_room());
  EXPECT_TRUE(packetiser.begin({}, 10));
}

TEST(Packetiser, AChangedShardSizeHoldsFromTheNextFrame) {
  PacketArena arena(4 << 20);
  Packetiser packetiser(params_for(1408, 4096, 10), arena);
  packetiser.set_shard_bytes(1216);
  ASSERT_TRUE(packetiser.begin({}, 10));
  ASSERT_TRUE(packetiser.add(random_bytes(3000)));
  const FramePiece frame = packetiser.finish();
  EXPECT_EQ(frame.geometry.data_count(), 3u);
  EXPECT_EQ(frame.geometry.shard_bytes(), 1216);
}

}  // namespace
}  // namespace pf::video
