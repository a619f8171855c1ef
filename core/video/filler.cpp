#include "core/video/filler.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace pf::video {
namespace {

Packetiser::Params bounded(Packetiser::Params params, std::uint32_t most_bytes) {
  params.max_frame_bytes = most_bytes;
  params.streaming = Streaming::none;
  return params;
}

}  // namespace

Filler::Filler(Packetiser::Params params, std::uint32_t most_bytes)
    : zeros_(most_bytes),
      arena_(2 * Packetiser::worst_frame_bytes(bounded(params, most_bytes))),
      packetiser_(bounded(params, most_bytes), arena_) {}

FramePiece Filler::next(std::uint32_t unit_bytes, WireTime pts, std::uint8_t fec_percent) noexcept {
  if (std::exchange(taken_, true)) arena_.release_oldest();
  const Bytes unit = Bytes(zeros_).first(std::min<std::size_t>(unit_bytes, zeros_.size()));
  const auto piece = packetiser_.borrow(
      {.id = next_id_, .pts = pts, .flags = message::frame_flags::kProbe}, fec_percent, unit);
  PF_CHECK(piece);  // the arena holds two, and nothing is larger than the most
  next_id_ = pf::next(next_id_);
  return *piece;
}

}  // namespace pf::video
