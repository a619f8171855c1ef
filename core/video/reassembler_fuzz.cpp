// The reassembler as a machine. Each step of 16 bytes is a packet whose fields are drawn from a
// small range, so that frames meet, contradict and complete each other, or raw bytes, or the
// release of a frame. What is left over after the last step chooses the session by its length.
//
//   0      what: bit 0 raw bytes, bit 1 release one first, bit 2 totals unknown, bit 3
//   slice-streamed,
//          bit 4 probe, bit 5 stamps run backwards, bit 6 chunk-aligned, bit 7 a run of shards
//   1      frame index    2 block index   3 block count   4 k   5 m   6 shard index
//   7      shard bytes / 2
//   8-9    frame bytes   10-11 pts in ms   12 shards of a run   13-15 unused, or raw from 1 on
#include <array>
#include <memory>
#include <vector>

#include "core/base/check.h"
#include "core/video/block_codec.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/packet_header.h"

using namespace pf;

namespace {

// Sessions that differ in what they hold packets to.
struct Plan {
  message::FecParameters fec;
  std::uint32_t max_frame_bytes;
};
constexpr Plan kPlans[] = {
    {{.scheme = message::FecScheme::gf16, .max_data_per_block = 4}, 4096},
    {{.scheme = message::FecScheme::gf8, .max_data_per_block = 4}, 4096},
    {{.scheme = message::FecScheme::gf16, .max_data_per_block = 240}, 32768},  // absorbs
    {{.scheme = message::FecScheme::gf8, .max_data_per_block = 200}, 32768},
};
constexpr std::uint16_t kShardBytes = 32;  // the least, so that small inputs make large blocks

message::PacketLimits limits_of(const Plan& plan) {
  return wire::v1::packet_limits(plan.fec, kShardBytes, plan.max_frame_bytes);
}

wire::v1::PacketFields fields_of(ByteReader& step, std::uint8_t what) {
  wire::v1::PacketFields fields;
  fields.frame_index = step.little<std::uint8_t>();
  fields.block_index = step.little<std::uint8_t>();
  fields.block_count = step.little<std::uint8_t>();
  fields.data_shards = step.little<std::uint8_t>();
  fields.recovery_shards = step.little<std::uint8_t>();
  fields.shard_index = step.little<std::uint8_t>();
  fields.shard_bytes = static_cast<std::uint16_t>(2 * step.little<std::uint8_t>());
  fields.frame_bytes = step.little<std::uint16_t>();
  fields.pts_ns = step.little<std::uint16_t>() * std::uint64_t{1'000'000};
  if ((what & 4) != 0) fields.block_count = 0;
  fields.user_flags = (what & 8) != 0 ? message::frame_flags::kSliceStream : 0;
  if ((what & 16) != 0) fields.user_flags |= message::frame_flags::kProbe;
  if ((what & 64) != 0) fields.user_flags |= message::frame_flags::kChunkAligned;
  if ((what & 32) != 0) fields.pts_ns = ~fields.pts_ns;
  return fields;
}

std::vector<std::byte> packet_of(const wire::v1::PacketFields& fields) {
  std::vector<std::byte> packet(wire::v1::kPacketHeaderBytes + fields.shard_bytes, std::byte{0xA5});
  ByteWriter out(packet);
  wire::v1::write_packet_fields(out, fields);
  return packet;
}

// A reassembler and whoever holds its frames.
class World {
 public:
  explicit World(const Plan& plan, fec::FecCodec& codec)
      : plan_(plan),
        reassembler_(wire::v1::bare_packets(), limits_of(plan), codec,
                     video::Incomplete::handed_up) {}
  ~World() {
    for (auto& frame : held_) reassembler_.release(frame);
  }
  void release_one() {
    if (held_.empty()) return;
    reassembler_.release(held_.back());
    held_.pop_back();
  }
  void push(Bytes packet) {
    ++pushed_;
    if (auto frame = reassembler_.push(packet, LocalTime{})) hold(*frame);
    while (auto partial = reassembler_.poll_partial()) hold(*partial);
    PF_CHECK(reassembler_.memory_used_bytes() <= 4 * plan_.max_frame_bytes);
  }
  // Every packet ended in exactly one of these.
  void check_counters() const {
    std::uint64_t counted = 0;
    for (const auto* counters : {&reassembler_.counters(), &reassembler_.probe_counters()}) {
      counted += counters->received;
      for (const std::uint64_t rejected : counters->rejected) counted += rejected;
    }
    PF_CHECK(counted == pushed_);
  }

 private:
  void hold(const video::ReassembledFrame& frame) {
    PF_CHECK(frame.bytes.size() <= plan_.max_frame_bytes);
    unsigned sum = 0;
    for (const std::byte value : frame.bytes) sum += std::to_integer<unsigned>(value);
    volatile unsigned kept = sum;  // all of it is there
    (void)kept;
    held_.push_back(frame);
  }

  const Plan& plan_;
  video::Reassembler reassembler_;
  std::vector<video::ReassembledFrame> held_;
  std::uint64_t pushed_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array<std::unique_ptr<fec::FecCodec>, std::size(kPlans)> codecs = [] {
    std::array<std::unique_ptr<fec::FecCodec>, std::size(kPlans)> made;
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = video::make_block_codec(kPlans[i].fec.scheme, limits_of(kPlans[i]));
    return made;
  }();
  const std::size_t choice = size % 16 % std::size(kPlans);
  World world(kPlans[choice], *codecs[choice]);
  ByteReader in({reinterpret_cast<const std::byte*>(data), size});
  while (in.remaining() >= 16) {
    ByteReader step(in.take(16));
    const auto what = step.little<std::uint8_t>();
    if ((what & 2) != 0) world.release_one();
    if ((what & 1) != 0) {
      world.push(step.rest());
      continue;
    }
    wire::v1::PacketFields fields = fields_of(step, what);
    const unsigned run = (what & 128) != 0 ? 1u + step.little<std::uint8_t>() : 1u;
    for (unsigned i = 0; i < run; ++i, ++fields.shard_index) world.push(packet_of(fields));
  }
  world.check_counters();
  return 0;
}
