// A keyboard of the seat whose keys are places: what they type is for the layout of the desktop to
// say, which is taken from the keyboard that the seat has.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/result.h"
#include "host/input/wlr/seat_connection.h"

struct xkb_context;
struct xkb_keymap;
struct xkb_state;
struct zwp_virtual_keyboard_v1;

namespace pf::input::wlr {

class PlaceKeyboard {
 public:
  // `connection` outlives it. A seat without a keyboard, or with one that has no letters (the last
  // text may have been typed on it), gets the layout of the XKB_DEFAULT_… variables.
  static Result<std::unique_ptr<PlaceKeyboard>> open(SeatConnection& connection);
  ~PlaceKeyboard();
  PlaceKeyboard(const PlaceKeyboard&) = delete;
  PlaceKeyboard& operator=(const PlaceKeyboard&) = delete;

  void key(std::uint16_t evdev, bool down, std::uint32_t time_ms) noexcept;

 private:
  PlaceKeyboard() = default;
  Result<void> load(const std::string& keymap);
  void send_modifiers() noexcept;

  xkb_context* context_ = nullptr;
  xkb_keymap* keymap_ = nullptr;
  xkb_state* state_ = nullptr;
  zwp_virtual_keyboard_v1* handle_ = nullptr;
};

}  // namespace pf::input::wlr
