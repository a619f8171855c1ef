#include "host/input/wlr/seat_sink.h"

#include <chrono>
#include <utility>

#include "core/input/keys.h"
#include "core/input/sound_event.h"

namespace pf::input::wlr {
namespace {

using message::InputEvent;
using message::InputKind;

// Milliseconds of the monotonic clock, as compositors stamp events themselves.
std::uint32_t stamp() noexcept {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace

SeatSink::SeatSink(std::unique_ptr<SeatConnection> connection, const SeatConnection::Output& output,
                   std::unique_ptr<PlaceKeyboard> keys, UniqueFd touch)
    : connection_(std::move(connection)),
      output_(output),
      pointer_(*connection_, output),
      keys_(std::move(keys)),
      text_(TextKeyboard::open(*connection_)),
      touch_(std::move(touch)) {}

Result<std::unique_ptr<SeatSink>> SeatSink::open(display::WaylandSeat seat) {
  PF_TRY(auto connection, SeatConnection::open(seat.wayland_socket));
  PF_TRY(const auto* output, connection->output(seat.output_name));
  PF_TRY(auto keys, PlaceKeyboard::open(*connection));
  std::unique_ptr<SeatSink> sink(
      new SeatSink(std::move(connection), *output, std::move(keys), std::move(seat.touch)));
  PF_TRY_VOID(sink->connection_->round_trip());
  return sink;
}

Injected SeatSink::inject(const InputEvent& event) noexcept {
  if (blocked_ || unflushed_ >= kMaxUnflushed) {
    const Injected outcome = flush();
    if (outcome != Injected::done) return outcome;
  }
  const Injected outcome = carry_out(event);
  if (outcome == Injected::done) ++unflushed_;
  return outcome;
}

Injected SeatSink::carry_out(const InputEvent& event) {
  switch (event.kind) {
    case InputKind::key_down:
    case InputKind::key_up:
      keys_->key(*evdev_key(event.code), event.kind == InputKind::key_down, stamp());
      return Injected::done;
    case InputKind::text_input:
      // Keymaps travel as descriptors, of which little may wait too.
      unflushed_ = kMaxUnflushed;
      return text_->type(event.code, stamp()) ? Injected::done : Injected::busy;
    case InputKind::mouse_move:
      pointer_.move(event.x, event.y, stamp());
      return Injected::done;
    case InputKind::mouse_move_absolute:
      pointer_.place(event.x, event.y, surface_of(event), stamp());
      return Injected::done;
    case InputKind::mouse_button_down:
    case InputKind::mouse_button_up:
      pointer_.button(*evdev_button(event.code), event.kind == InputKind::mouse_button_down,
                      stamp());
      return Injected::done;
    case InputKind::mouse_scroll:
      pointer_.scroll(event.code == 1, event.x, stamp());
      return Injected::done;
    case InputKind::touch_down:
    case InputKind::touch_move:
    case InputKind::touch_up:
      return touch_.inject(event, output_.size_px);
    default:  // gamepads are no part of a Wayland seat
      return Injected::unsupported;
  }
}

Injected SeatSink::flush() noexcept {
  switch (connection_->flush()) {
    case SeatConnection::Flushed::all:
      unflushed_ = 0;
      blocked_ = false;
      return Injected::done;
    case SeatConnection::Flushed::blocked:
      blocked_ = true;
      return Injected::busy;
    case SeatConnection::Flushed::lost:
      break;
  }
  return Injected::sink_lost;
}

}  // namespace pf::input::wlr
