#include "tools/input-log/options.h"

#include <string_view>

namespace pf::input_log {

const char* const kHelp =
    "Usage: punktfunk-input-log [OPTIONS]\n"
    "\n"
    "Fills the screen of a Wayland compositor and says every input event it gets there, one JSON\n"
    "object a line, each line written at once. Ends on SIGTERM, or when its window is closed.\n"
    "\n"
    "  --file FILE     write there instead of standard output\n"
    "  --pointer WISH  free (default); locked or confined, as games ask for it\n"
    "  --help          this text\n"
    "\n"
    "Every line has \"event\" and \"t_ns\", CLOCK_MONOTONIC when the event was received, and with "
    "most\n"
    "comes \"time_ms\", the compositor's stamp. Coordinates are those of the surface, in logical\n"
    "pixels. Keys are Linux key codes (30 is KEY_A); \"keysym\" and \"text\" are what the keymap "
    "in\n"
    "force makes of them.\n"
    "\n"
    "  configure          width, height: the window is that large from now on\n"
    "  seat               pointer, keyboard, touch: what the seat has now\n"
    "  keymap             layouts, error (if it was unreadable)\n"
    "  repeat             rate_hz, delay_ms\n"
    "  keyboard_enter     keys (held)             keyboard_leave\n"
    "  key                key, pressed, keysym, text\n"
    "  modifiers          depressed, latched, locked, group\n"
    "  pointer_enter      x, y                    pointer_leave\n"
    "  motion             x, y\n"
    "  relative_motion    dx, dy, dx_raw, dy_raw, time_us\n"
    "  button             button, pressed\n"
    "  axis               axis (0 vertical), value\n"
    "  axis_source, axis_stop, axis_discrete (axis, steps), pointer_frame\n"
    "  touch_down         id, x, y                touch_up (id)\n"
    "  touch_motion       id, x, y                touch_frame, touch_cancel\n"
    "  constraint         active: the wish of --pointer is in force, or no longer\n"
    "\n"
    "Example, in a desktop of the host's own:\n"
    "  punktfunk-host serve --headless -- punktfunk-input-log --file /tmp/input.jsonl\n";

namespace {

Result<PointerWish> wish_of(std::string_view text) {
  if (text == "free") return PointerWish::free;
  if (text == "locked") return PointerWish::locked;
  if (text == "confined") return PointerWish::confined;
  return fail(ErrorKind::malformed, "--pointer wants free, locked or confined, not '{}'", text);
}

}  // namespace

Result<Options> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--help") {
      options.help = true;
    } else if (name == "--file" || name == "--pointer") {
      if (i + 1 == arguments.size()) return fail(ErrorKind::malformed, "{} wants a value", name);
      const std::string_view value = arguments[++i];
      if (name == "--file") {
        options.path = value;
      } else {
        PF_TRY(options.pointer, wish_of(value));
      }
    } else {
      return fail(ErrorKind::malformed, "unknown argument '{}': see punktfunk-input-log --help",
                  name);
    }
  }
  return options;
}

}  // namespace pf::input_log
