// What the desktop says on a capture channel (desktop/protocol.h, part 2), checked. The desktop may
// run as another user than we do, so nothing it says is believed: a picture that passes lies wholly
// within the memory it names.
#pragma once

#include <optional>
#include <variant>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "host/capture/raw_frame.h"

namespace pf::capture::desktop {

struct FrameNews {
  std::uint32_t buffer = 0;
  bool brings_memory = false;  // a descriptor must have come along
  SizePx size_px;
  std::uint32_t stride_bytes = 0;
  std::uint64_t memory_bytes = 0;  // at least stride * height
  LocalTime committed_at;
  LocalTime drawn_at;  // LocalTime{}: nothing was, since the picture before
  Nanos late{0};       // as RawFrame::compositor_late
  Damage damage_px;    // empty: all of it
};

struct OutputGone {};

using ChannelNews = std::variant<FrameNews, OutputGone>;

// `malformed` with the number that is wrong.
Result<ChannelNews> parse_channel_message(Bytes packet);

}  // namespace pf::capture::desktop
