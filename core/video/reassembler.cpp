#include "core/video/reassembler.h"

#include <algorithm>

namespace pf::video {
namespace {

PacketRejection rejection(message::PacketFault fault) noexcept {
  switch (fault) {
    case message::PacketFault::truncated:
      return PacketRejection::truncated;
    case message::PacketFault::foreign:
      return PacketRejection::foreign;
    case message::PacketFault::geometry:
      return PacketRejection::geometry;
  }
  return PacketRejection::foreign;
}

}  // namespace

std::uint32_t max_frame_bytes(std::uint32_t bitrate_kbps, double refresh_hz) noexcept {
  constexpr double kLeast = 8 << 20;
  constexpr double kMost = 64 << 20;
  constexpr double kBytesPerKilobit = 125;
  constexpr double kFrames = 4;
  if (bitrate_kbps == 0 || refresh_hz <= 0) return static_cast<std::uint32_t>(kMost);
  return static_cast<std::uint32_t>(
      std::clamp(kFrames * bitrate_kbps * kBytesPerKilobit / refresh_hz, kLeast, kMost));
}

Reassembler::Reassembler(const message::PacketFormat& format, const message::PacketLimits& limits,
                         fec::FecCodec& codec, Incomplete incomplete)
    : format_(format),
      limits_(limits),
      memory_(kWorstFrames * limits.max_frame_bytes),
      video_(memory_, codec, counters_, incomplete),
      probe_(memory_, codec, probe_counters_, Incomplete::dropped) {}

std::optional<ReassembledFrame> Reassembler::push(Bytes packet, LocalTime received_at) noexcept {
  const auto parsed = format_.parse(packet, limits_);
  if (!parsed) {
    counters_.reject(rejection(parsed.error()));
    return std::nullopt;
  }
  return (parsed->header.is_probe() ? probe_ : video_).push(*parsed, received_at);
}

void Reassembler::release(ReassembledFrame& frame) noexcept {
  memory_.give_back(frame.memory);
  frame.bytes = {};
}

}  // namespace pf::video
