#include "core/wire/v1/datagrams.h"

#include <array>

namespace pf::wire::v1 {
namespace {

constexpr std::uint8_t kHostTimingTag = 0xCF;
constexpr std::size_t kHostTimingMaxBytes = 29;

}  // namespace

std::optional<message::HostTiming> parse_host_timing(Bytes datagram) noexcept {
  ByteReader in(datagram);
  if (in.little<std::uint8_t>() != kHostTimingTag) return std::nullopt;
  message::HostTiming timing;
  timing.pts = WireTime(Nanos(static_cast<std::int64_t>(in.little<std::uint64_t>())));
  timing.host_us = in.little<std::uint32_t>();
  if (!in.ok()) return std::nullopt;
  if (in.remaining() >= 12) {
    message::HostTiming::Stages stages;
    stages.queue_us = in.little<std::uint32_t>();
    stages.encode_us = in.little<std::uint32_t>();
    stages.pace_us = in.little<std::uint32_t>();
    timing.stages = stages;
    if (in.remaining() >= 4) timing.applied_phase_ns = in.little<std::int32_t>();
  }
  return timing;
}

std::vector<std::byte> write_host_timing(const message::HostTiming& timing) {
  std::array<std::byte, kHostTimingMaxBytes> room;
  ByteWriter out(room);
  out.little(kHostTimingTag);
  out.little(static_cast<std::uint64_t>(timing.pts.ns()));
  out.little(timing.host_us);
  if (timing.stages) {
    out.little(timing.stages->queue_us);
    out.little(timing.stages->encode_us);
    out.little(timing.stages->pace_us);
    if (timing.applied_phase_ns) out.little(*timing.applied_phase_ns);
  }
  return {out.written().begin(), out.written().end()};
}

}  // namespace pf::wire::v1
