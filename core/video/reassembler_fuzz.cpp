// The reassembler as a machine. Each step of 16 bytes is a packet whose fields are drawn from a
// small range, so that frames meet, contradict and complete each other, or raw bytes, or the
// release of a frame.
//
//   0     what: bit 0 raw bytes, bit 1 release one first, bit 2 totals unknown, bit 3
//   slice-streamed, bit 4 probe 1     frame index     2 block index   3 block count   4 k    5 m 6
//   shard index   7 shard bytes / 2 8-9   frame bytes     10-11 pts in ms                 12-15
//   unused, or raw
#include <algorithm>
#include <vector>

#include "core/base/check.h"
#include "core/fec/gf16_codec.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/packet_header.h"

using namespace pf;

namespace {

constexpr std::uint16_t kMaxData = 4;
constexpr std::uint32_t kMaxFrameBytes = 4096;

std::vector<std::byte> packet_of(ByteReader step, std::uint8_t what) {
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
  if ((what & 32) != 0) fields.pts_ns = ~fields.pts_ns;
  std::vector<std::byte> packet(wire::v1::kPacketHeaderBytes + fields.shard_bytes, std::byte{0xA5});
  ByteWriter out(packet);
  wire::v1::write_packet_fields(out, fields);
  return packet;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fec::Gf16Codec codec({kMaxData, kMaxData});
  const message::PacketLimits limits{.max_data_count = kMaxData,
                                     .max_shard_count = wire::v1::max_shards_per_block(kMaxData, 1),
                                     .min_shard_bytes = 32,
                                     .max_frame_bytes = kMaxFrameBytes};
  video::Reassembler reassembler(wire::v1::bare_packets(), limits, codec);
  std::vector<video::ReassembledFrame> held;
  std::uint64_t pushed = 0;
  ByteReader in({reinterpret_cast<const std::byte*>(data), size});
  while (in.remaining() >= 16) {
    ByteReader step(in.take(16));
    const auto what = step.little<std::uint8_t>();
    if ((what & 2) != 0 && !held.empty()) {
      reassembler.release(held.back());
      held.pop_back();
    }
    std::vector<std::byte> packet;
    if ((what & 1) != 0) {
      const Bytes raw = step.rest();
      packet.assign(raw.begin(), raw.end());
    } else {
      packet = packet_of(step, what);
    }
    ++pushed;
    if (auto frame = reassembler.push(packet, LocalTime{})) {
      PF_CHECK(frame->bytes.size() <= kMaxFrameBytes);
      held.push_back(*frame);
    }
    PF_CHECK(reassembler.memory_used_bytes() <= 4 * kMaxFrameBytes);
  }
  // Every packet ended in exactly one of these.
  std::uint64_t counted = 0;
  for (const auto* counters : {&reassembler.counters(), &reassembler.probe_counters()}) {
    counted += counters->received;
    for (const std::uint64_t rejected : counters->rejected) counted += rejected;
  }
  PF_CHECK(counted == pushed);
  for (auto& frame : held) reassembler.release(frame);
  return 0;
}
