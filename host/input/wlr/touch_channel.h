// Fingers into punktfunk-desktop, over a channel of its own (desktop/protocol.h, part 3).
#pragma once

#include "core/base/display_mode.h"
#include "core/message/input_event.h"
#include "core/runtime/unique_fd.h"
#include "host/input/input_sink.h"

namespace pf::input::wlr {

class TouchChannel {
 public:
  // An empty channel takes no fingers.
  explicit TouchChannel(UniqueFd channel) noexcept : channel_(std::move(channel)) {}

  // `event` is one of a finger; `output_px` the size of what it touches now.
  Injected inject(const message::InputEvent& event, SizePx output_px) noexcept;

 private:
  const UniqueFd channel_;
};

}  // namespace pf::input::wlr
