// Frames whose first blocks leave before anybody knows how large they become
// (docs/protocol/punktfunk1.md section 11.6), as a receiver meets them. The known answers are in
// reassembler_test.cpp.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/rng.h"
#include "core/video/block_codec.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/packet_header.h"

namespace pf::video {
namespace {

constexpr std::uint16_t kShardBytes = 64;
constexpr std::uint32_t kMaxFrameBytes = 1 << 18;
constexpr std::uint32_t kMinEarlyShards = 16;

using Packets = std::vector<std::vector<std::byte>>;

// Cuts one access unit as the rules of section 11.6 say, slice ends given in bytes; none: a plain
// streamed frame.
class StreamedFrame {
 public:
  StreamedFrame(std::uint32_t index, std::vector<std::byte> access_unit,
                const std::vector<std::uint32_t>& slice_ends, const message::FecParameters& fec,
                fec::FecCodec& codec)
      : fec_(fec),
        codec_(codec),
        access_unit_(std::move(access_unit)),
        format_(wire::v1::bare_packets(fec.scheme)) {
    header_.pts = WireTime(milliseconds(16) * static_cast<int>(index));
    header_.frame_index = index;
    header_.flags = slice_ends.empty() ? 1u : 1u | message::frame_flags::kSliceStream;
    header_.shard_bytes = kShardBytes;
    const auto size = static_cast<std::uint32_t>(access_unit_.size());
    for (const std::uint32_t end : slice_ends) {
      flush_full_blocks(end);
      flush_slice(end);
    }
    flush_full_blocks(size);
    header_.totals_known = true;
    header_.frame_bytes = size;
    header_.block_count = static_cast<std::uint16_t>(header_.block_index + 1);
    emit(std::max(1u, (size - sent_bytes() + kShardBytes - 1) / kShardBytes));
  }

  const std::vector<std::byte>& access_unit() const { return access_unit_; }
  const std::vector<Packets>& blocks() const { return blocks_; }

 private:
  std::uint32_t sent_bytes() const { return sent_shards_ * kShardBytes; }

  void flush_full_blocks(std::uint32_t given_bytes) {
    while (given_bytes - sent_bytes() > std::uint32_t{fec_.max_data_per_block} * kShardBytes)
      emit(fec_.max_data_per_block);
  }
  void flush_slice(std::uint32_t given_bytes) {
    const std::uint32_t pending = given_bytes - sent_bytes();
    std::uint32_t whole = pending / kShardBytes;
    if (whole < kMinEarlyShards) return;
    if (whole * kShardBytes == pending) --whole;
    emit(std::min<std::uint32_t>(whole, fec_.max_data_per_block));
  }

  void emit(std::uint32_t data_count) {
    const std::uint32_t most = max_block_shards(fec_.scheme) - data_count;
    const std::uint32_t parity_count = std::min(parity_for(data_count, fec_.percent), most);
    std::vector<std::byte> shards((data_count + parity_count) * kShardBytes);
    const std::size_t from = sent_bytes();
    std::copy_n(access_unit_.begin() + static_cast<std::ptrdiff_t>(from),
                std::min<std::size_t>(data_count * kShardBytes, access_unit_.size() - from),
                shards.begin());
    if (parity_count > 0) {
      codec_.encode({.data = shards.data(),
                     .parity = shards.data() + std::size_t{data_count} * kShardBytes,
                     .stride = kShardBytes,
                     .shard_bytes = kShardBytes,
                     .data_count = static_cast<std::uint16_t>(data_count),
                     .parity_count = static_cast<std::uint16_t>(parity_count)});
    }
    header_.base_shard = sent_shards_;
    header_.data_count = static_cast<std::uint16_t>(data_count);
    header_.parity_count = static_cast<std::uint16_t>(parity_count);
    Packets& packets = blocks_.emplace_back();
    for (std::uint32_t i = 0; i < data_count + parity_count; ++i) {
      header_.shard_index = static_cast<std::uint16_t>(i);
      std::vector<std::byte> packet(format_.header_bytes + kShardBytes);
      format_.write_header({packet.data(), format_.header_bytes}, header_);
      std::copy_n(shards.begin() + i * kShardBytes, kShardBytes,
                  packet.begin() + format_.header_bytes);
      packets.push_back(std::move(packet));
    }
    sent_shards_ += data_count;
    ++header_.block_index;
  }

  const message::FecParameters fec_;
  fec::FecCodec& codec_;
  const std::vector<std::byte> access_unit_;
  const message::PacketFormat& format_;
  message::PacketHeader header_;
  std::uint32_t sent_shards_ = 0;
  std::vector<Packets> blocks_;
};

std::vector<std::uint32_t> random_slices(std::uint32_t size, Rng& rng) {
  std::vector<std::uint32_t> ends(1 + rng.below(6));
  for (std::uint32_t& end : ends) end = static_cast<std::uint32_t>(rng.below(size + 1));
  std::sort(ends.begin(), ends.end());
  return ends;
}

// Of each block as many packets stay away as its parity covers, the rest comes in an order that is
// more or less that of the wire, some of it twice.
std::vector<const std::vector<std::byte>*> arriving(const StreamedFrame& frame, Rng& rng) {
  std::vector<const std::vector<std::byte>*> wire;
  for (const Packets& block : frame.blocks()) {
    std::vector<const std::vector<std::byte>*> kept;
    for (const auto& packet : block) kept.push_back(&packet);
    const auto fields = *wire::v1::parse_packet_fields(block.front());
    for (std::uint64_t lost = rng.below(fields.recovery_shards + 1u); lost > 0; --lost)
      kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(rng.below(kept.size())));
    wire.insert(wire.end(), kept.begin(), kept.end());
  }
  const std::uint64_t swaps = rng.below(3) * wire.size() / 4;
  for (std::uint64_t i = 0; i < swaps; ++i)
    std::swap(wire[rng.below(wire.size())], wire[rng.below(wire.size())]);
  for (std::uint64_t i = 0; i < wire.size() / 16; ++i)
    wire.insert(wire.begin() + static_cast<std::ptrdiff_t>(rng.below(wire.size())),
                wire[rng.below(wire.size())]);
  return wire;
}

TEST(StreamedFrames, AreWholeUnderLossReorderingAndDuplicationInBothForms) {
  rc::check([] {
    SeededRng rng(*rc::gen::arbitrary<std::uint64_t>());
    const message::FecParameters fec{
        .scheme = rng.below(2) == 0 ? message::FecScheme::gf8 : message::FecScheme::gf16,
        .percent = static_cast<std::uint8_t>(rng.below(60)),
        .max_data_per_block = static_cast<std::uint16_t>(*rc::gen::element(4, 20, 140, 159))};
    const auto limits = wire::v1::packet_limits(fec, kShardBytes, kMaxFrameBytes);
    const auto codec = make_block_codec(fec.scheme, limits);
    Reassembler reassembler(wire::v1::bare_packets(fec.scheme), limits, *codec);
    for (std::uint32_t index = 0; index < 4; ++index) {
      std::vector<std::byte> access_unit(rng.below(40'000));
      rng.fill(access_unit);
      const auto size = static_cast<std::uint32_t>(access_unit.size());
      const auto slices =
          rng.below(3) == 0 ? std::vector<std::uint32_t>() : random_slices(size, rng);
      const StreamedFrame sent(index, std::move(access_unit), slices, fec, *codec);
      int delivered = 0;
      for (const auto* packet : arriving(sent, rng)) {
        auto frame = reassembler.push(*packet, LocalTime{});
        if (!frame) continue;
        ++delivered;
        RC_ASSERT(frame->id == FrameId{index});
        RC_ASSERT(std::equal(frame->bytes.begin(), frame->bytes.end(), sent.access_unit().begin(),
                             sent.access_unit().end()));
        reassembler.release(*frame);
      }
      RC_ASSERT(delivered == 1);
      RC_ASSERT(reassembler.memory_used_bytes() == 0u);
    }
    for (const std::uint64_t rejected : reassembler.counters().rejected) RC_ASSERT(rejected == 0u);
  });
}

TEST(StreamedFrames, WaitForTheBlockThatTellsTheirSize) {
  const message::FecParameters fec{.percent = 20, .max_data_per_block = 20};
  const auto limits = wire::v1::packet_limits(fec, kShardBytes, kMaxFrameBytes);
  const auto codec = make_block_codec(fec.scheme, limits);
  Reassembler reassembler(wire::v1::bare_packets(), limits, *codec);
  const StreamedFrame sent(0, std::vector<std::byte>(50 * kShardBytes), {}, fec, *codec);
  ASSERT_EQ(sent.blocks().size(), 3u);
  for (std::size_t b = 0; b < 2; ++b) {
    for (const auto& packet : sent.blocks()[b]) EXPECT_FALSE(reassembler.push(packet, LocalTime{}));
  }
  const Packets& last = sent.blocks()[2];
  for (std::size_t i = 0; i + 1 < 10; ++i) EXPECT_FALSE(reassembler.push(last[i], LocalTime{}));
  EXPECT_TRUE(reassembler.push(last[9], LocalTime{}));
}

}  // namespace
}  // namespace pf::video
