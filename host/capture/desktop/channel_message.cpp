#include "host/capture/desktop/channel_message.h"

#include <cstring>
#include <limits>

#include "desktop/protocol.h"

namespace pf::capture::desktop {
namespace {

// 4 bytes a pixel, and what alignment a row may be given.
constexpr std::uint32_t kMaxStrideBytes = PF_DESKTOP_MAX_SIDE_PX * 4 + 4096;
// A desktop that was stopped for a month is still believed.
constexpr std::uint64_t kMaxLateNs = 31ull * 24 * 3600 * 1'000'000'000;
static_assert(PF_CAPTURE_MAX_DAMAGE <= Damage::capacity());

Failure wrong(const char* what, std::uint64_t value) {
  return fail(ErrorKind::malformed, "the capture channel announced a picture with {} {}", what,
              value);
}

Result<Damage> check_damage(const pf_capture_frame& frame) {
  if (frame.damage_count > PF_CAPTURE_MAX_DAMAGE) return wrong("damage count", frame.damage_count);
  Damage damage;
  for (std::uint32_t i = 0; i < frame.damage_count; ++i) {
    const pf_capture_rect& rect = frame.damage[i];
    if (rect.width == 0 || rect.height == 0) return wrong("empty damage", i);
    if (rect.x >= frame.width_px || rect.width > frame.width_px - rect.x ||
        rect.y >= frame.height_px || rect.height > frame.height_px - rect.y)
      return wrong("damage outside of it", i);
    PF_CHECK(damage.push({rect.x, rect.y, rect.width, rect.height}));
  }
  return damage;
}

Result<ChannelNews> check_frame(const pf_capture_frame& frame) {
  if (frame.width_px == 0 || frame.width_px > PF_DESKTOP_MAX_SIDE_PX)
    return wrong("width", frame.width_px);
  if (frame.height_px == 0 || frame.height_px > PF_DESKTOP_MAX_SIDE_PX)
    return wrong("height", frame.height_px);
  if (frame.stride_bytes < frame.width_px * 4 || frame.stride_bytes > kMaxStrideBytes ||
      frame.stride_bytes % 4 != 0)
    return wrong("stride", frame.stride_bytes);
  if (frame.size_bytes < std::uint64_t{frame.stride_bytes} * frame.height_px ||
      frame.size_bytes > std::uint64_t{kMaxStrideBytes} * PF_DESKTOP_MAX_SIDE_PX)
    return wrong("memory size", frame.size_bytes);
  if (frame.has_fd > 1) return wrong("has_fd", frame.has_fd);
  if (frame.commit_ns > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return wrong("commit time", frame.commit_ns);
  if (frame.drawn_ns > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return wrong("drawing time", frame.drawn_ns);
  if (frame.late_ns > kMaxLateNs) return wrong("lateness", frame.late_ns);
  PF_TRY(const Damage damage, check_damage(frame));
  return FrameNews{.buffer = frame.buffer,
                   .brings_memory = frame.has_fd == 1,
                   .size_px = {frame.width_px, frame.height_px},
                   .stride_bytes = frame.stride_bytes,
                   .memory_bytes = frame.size_bytes,
                   .committed_at = LocalTime(Nanos(static_cast<std::int64_t>(frame.commit_ns))),
                   .drawn_at = LocalTime(Nanos(static_cast<std::int64_t>(frame.drawn_ns))),
                   .late = Nanos(static_cast<std::int64_t>(frame.late_ns)),
                   .damage_px = damage};
}

}  // namespace

Result<ChannelNews> parse_channel_message(Bytes packet) {
  std::uint32_t kind = 0;
  if (packet.size() >= sizeof kind) std::memcpy(&kind, packet.data(), sizeof kind);
  if (kind == PF_CAPTURE_GONE && packet.size() == sizeof kind) return OutputGone{};
  pf_capture_frame frame;
  if (kind != PF_CAPTURE_FRAME || packet.size() != sizeof frame)
    return fail(ErrorKind::malformed, "the capture channel said something of kind {} and {} bytes",
                kind, packet.size());
  std::memcpy(&frame, packet.data(), sizeof frame);
  return check_frame(frame);
}

}  // namespace pf::capture::desktop
