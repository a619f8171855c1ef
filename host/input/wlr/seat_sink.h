// Keyboard, mouse, text and fingers of one client on the seat of one compositor.
#pragma once

#include <cstddef>
#include <memory>

#include "host/input/input_sink.h"
#include "host/input/wlr/place_keyboard.h"
#include "host/input/wlr/seat_connection.h"
#include "host/input/wlr/text_keyboard.h"
#include "host/input/wlr/touch_channel.h"
#include "host/input/wlr/virtual_pointer.h"

namespace pf::input::wlr {

class SeatSink final : public InputSink {
 public:
  // Blocks for some round trips. The devices exist from now on: programs see a seat with keyboard
  // and pointer before the first event.
  static Result<std::unique_ptr<SeatSink>> open(display::WaylandSeat seat);

  Injected inject(const message::InputEvent& event) noexcept override;
  Injected flush() noexcept override;
  int poll_handle() const noexcept override { return connection_->poll_handle(); }
  Result<void> turn() override { return connection_->turn(); }

 private:
  // Requests that may wait in libwayland between two flushes: it has room for 4096 bytes, and more
  // ends the connection when the compositor does not read. One event is at most 150 bytes.
  static constexpr std::size_t kMaxUnflushed = 16;

  SeatSink(std::unique_ptr<SeatConnection> connection, const SeatConnection::Output& output,
           std::unique_ptr<PlaceKeyboard> keys, UniqueFd touch);
  Injected carry_out(const message::InputEvent& event);

  const std::unique_ptr<SeatConnection> connection_;
  const SeatConnection::Output& output_;
  VirtualPointer pointer_;
  const std::unique_ptr<PlaceKeyboard> keys_;
  const std::unique_ptr<TextKeyboard> text_;
  TouchChannel touch_;
  std::size_t unflushed_ = 0;  // events
  bool blocked_ = false;
};

}  // namespace pf::input::wlr
