#include "host/input/wlr/touch_channel.h"

#include <sys/socket.h>

#include <cerrno>

#include "core/input/sound_event.h"
#include "desktop/protocol.h"

namespace pf::input::wlr {
namespace {

std::uint32_t action_of(message::InputKind kind) noexcept {
  if (kind == message::InputKind::touch_down) return PF_TOUCH_DOWN;
  return kind == message::InputKind::touch_up ? PF_TOUCH_UP : PF_TOUCH_MOTION;
}

}  // namespace

Injected TouchChannel::inject(const message::InputEvent& event, SizePx output_px) noexcept {
  if (!channel_) return Injected::unsupported;
  // The event, and that it happened by itself. Said again after `busy`, which the desktop forgives.
  pf_touch_event messages[2] = {};
  messages[0].action = action_of(event.kind);
  messages[0].finger = event.code;
  const SizePx surface = surface_of(event);
  if (event.kind != message::InputKind::touch_up) {
    messages[0].x_256 = on_output_256(event.x, surface.width, output_px.width);
    messages[0].y_256 = on_output_256(event.y, surface.height, output_px.height);
  }
  messages[1].action = PF_TOUCH_FRAME;
  for (const pf_touch_event& message : messages) {
    if (send(channel_.get(), &message, sizeof message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) continue;
    return errno == EAGAIN ? Injected::busy : Injected::sink_lost;
  }
  return Injected::done;
}

}  // namespace pf::input::wlr
