#include "host/input/wlr/place_keyboard.h"

#include <linux/input-event-codes.h>
#include <wayland-client.h>
#include <xkbcommon/xkbcommon.h>

#include <cstdlib>
#include <cstring>

#include "host/input/wlr/keymap_file.h"
#include "virtual-keyboard-unstable-v1-client-protocol.h"

namespace pf::input::wlr {
namespace {

constexpr xkb_keycode_t kXkbOffset = 8;  // an XKB keycode is an evdev code and this

bool has_symbol(xkb_keymap* keymap, std::uint16_t evdev, xkb_keysym_t wanted) noexcept {
  const xkb_keysym_t* symbols = nullptr;
  const int count = xkb_keymap_key_get_syms_by_level(keymap, evdev + kXkbOffset, 0, 0, &symbols);
  return count == 1 && symbols[0] == wanted;
}

// One that a person could use, not one that was made for a text.
bool is_whole(xkb_keymap* keymap) noexcept {
  return has_symbol(keymap, KEY_ENTER, XKB_KEY_Return) &&
         has_symbol(keymap, KEY_LEFTSHIFT, XKB_KEY_Shift_L) &&
         has_symbol(keymap, KEY_F1, XKB_KEY_F1);
}

}  // namespace

Result<std::unique_ptr<PlaceKeyboard>> PlaceKeyboard::open(SeatConnection& connection) {
  std::unique_ptr<PlaceKeyboard> keyboard(new PlaceKeyboard);
  PF_TRY_VOID(keyboard->load(connection.keymap()));
  char* const text = xkb_keymap_get_as_string(keyboard->keymap_, XKB_KEYMAP_FORMAT_TEXT_V1);
  if (text == nullptr) return fail(ErrorKind::internal, "the keymap cannot be written down");
  const std::size_t size_bytes = std::strlen(text) + 1;
  auto file = keymap_file(text);
  std::free(text);
  if (!file) return tl::unexpected(std::move(file).error());
  keyboard->handle_ = zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(
      connection.keyboards(), connection.seat());
  zwp_virtual_keyboard_v1_keymap(keyboard->handle_, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, file->get(),
                                 static_cast<std::uint32_t>(size_bytes));
  PF_TRY_VOID(connection.round_trip());
  return keyboard;
}

Result<void> PlaceKeyboard::load(const std::string& keymap) {
  context_ = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
  if (context_ == nullptr) return fail(ErrorKind::unavailable, "XKB does not start");
  if (!keymap.empty()) {
    keymap_ = xkb_keymap_new_from_string(context_, keymap.c_str(), XKB_KEYMAP_FORMAT_TEXT_V1,
                                         XKB_KEYMAP_COMPILE_NO_FLAGS);
  }
  if (keymap_ != nullptr && !is_whole(keymap_)) {
    xkb_keymap_unref(keymap_);
    keymap_ = nullptr;
  }
  if (keymap_ == nullptr)
    keymap_ = xkb_keymap_new_from_names(context_, nullptr, XKB_KEYMAP_COMPILE_NO_FLAGS);
  if (keymap_ == nullptr)
    return fail(ErrorKind::unavailable, "no keymap: is the package xkb-data installed?");
  state_ = xkb_state_new(keymap_);
  return {};
}

PlaceKeyboard::~PlaceKeyboard() {
  if (handle_ != nullptr) zwp_virtual_keyboard_v1_destroy(handle_);
  xkb_state_unref(state_);
  xkb_keymap_unref(keymap_);
  xkb_context_unref(context_);
}

void PlaceKeyboard::key(std::uint16_t evdev, bool down, std::uint32_t time_ms) noexcept {
  zwp_virtual_keyboard_v1_key(
      handle_, time_ms, evdev,
      down ? WL_KEYBOARD_KEY_STATE_PRESSED : WL_KEYBOARD_KEY_STATE_RELEASED);
  // The compositor does not work out the modifiers of a virtual keyboard.
  if (xkb_state_update_key(state_, evdev + kXkbOffset, down ? XKB_KEY_DOWN : XKB_KEY_UP) != 0)
    send_modifiers();
}

void PlaceKeyboard::send_modifiers() noexcept {
  zwp_virtual_keyboard_v1_modifiers(handle_,
                                    xkb_state_serialize_mods(state_, XKB_STATE_MODS_DEPRESSED),
                                    xkb_state_serialize_mods(state_, XKB_STATE_MODS_LATCHED),
                                    xkb_state_serialize_mods(state_, XKB_STATE_MODS_LOCKED),
                                    xkb_state_serialize_layout(state_, XKB_STATE_LAYOUT_EFFECTIVE));
}

}  // namespace pf::input::wlr
