#include "tools/input-log/seat.h"

#include "core/runtime/unique_fd.h"
#include "pointer-constraints-unstable-v1-client.h"
#include "relative-pointer-unstable-v1-client.h"

namespace pf::input_log {
namespace {

// 7: the keymap may be mapped privately. 8 would change what wheels say.
constexpr std::uint32_t kSeatVersion = 7;

double number(wl_fixed_t value) { return wl_fixed_to_double(value); }

}  // namespace

struct Seat::Listeners {
  static Seat& us(void* self) noexcept { return *static_cast<Seat*>(self); }
  static EventLog& log(void* self) noexcept { return us(self).log_; }

  static void on_capabilities(void* self, wl_seat* seat, std::uint32_t capabilities);
  static void on_name(void*, wl_seat*, const char*) {}
  static constexpr wl_seat_listener kSeat{on_capabilities, on_name};

  // Keyboard.
  static void on_keymap(void* self, wl_keyboard*, std::uint32_t format, std::int32_t descriptor,
                        std::uint32_t size_bytes) {
    const UniqueFd fd(descriptor);
    if (format != WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1) return;
    const auto loaded = us(self).keymap_.load(fd.get(), size_bytes);
    EventLog::Fields fields{{"layouts", us(self).keymap_.layouts()}};
    if (!loaded) fields["error"] = loaded.error().what;
    log(self).write("keymap", fields);
  }
  static void on_keyboard_enter(void* self, wl_keyboard*, std::uint32_t, wl_surface*,
                                wl_array* keys) {
    const auto* const first = static_cast<const std::uint32_t*>(keys->data);
    const std::vector<std::uint32_t> held(first, first + keys->size / sizeof *first);
    log(self).write("keyboard_enter", {{"keys", held}});
  }
  static void on_keyboard_leave(void* self, wl_keyboard*, std::uint32_t, wl_surface*) {
    log(self).write("keyboard_leave");
  }
  static void on_key(void* self, wl_keyboard*, std::uint32_t, std::uint32_t time_ms,
                     std::uint32_t key, std::uint32_t state) {
    us(self).log_key(time_ms, key, state == WL_KEYBOARD_KEY_STATE_PRESSED);
  }
  static void on_modifiers(void* self, wl_keyboard*, std::uint32_t, std::uint32_t depressed,
                           std::uint32_t latched, std::uint32_t locked, std::uint32_t group) {
    us(self).keymap_.set_modifiers(depressed, latched, locked, group);
    log(self).write(
        "modifiers",
        {{"depressed", depressed}, {"latched", latched}, {"locked", locked}, {"group", group}});
  }
  static void on_repeat(void* self, wl_keyboard*, std::int32_t rate_hz, std::int32_t delay_ms) {
    log(self).write("repeat", {{"rate_hz", rate_hz}, {"delay_ms", delay_ms}});
  }
  static constexpr wl_keyboard_listener kKeyboard{on_keymap, on_keyboard_enter, on_keyboard_leave,
                                                  on_key,    on_modifiers,      on_repeat};

  // Pointer.
  static void on_pointer_enter(void* self, wl_pointer*, std::uint32_t, wl_surface*, wl_fixed_t x,
                               wl_fixed_t y) {
    log(self).write("pointer_enter", {{"x", number(x)}, {"y", number(y)}});
  }
  static void on_pointer_leave(void* self, wl_pointer*, std::uint32_t, wl_surface*) {
    log(self).write("pointer_leave");
  }
  static void on_motion(void* self, wl_pointer*, std::uint32_t time_ms, wl_fixed_t x,
                        wl_fixed_t y) {
    log(self).write("motion", {{"time_ms", time_ms}, {"x", number(x)}, {"y", number(y)}});
  }
  static void on_button(void* self, wl_pointer*, std::uint32_t, std::uint32_t time_ms,
                        std::uint32_t button, std::uint32_t state) {
    log(self).write("button", {{"time_ms", time_ms},
                               {"button", button},
                               {"pressed", state == WL_POINTER_BUTTON_STATE_PRESSED}});
  }
  static void on_axis(void* self, wl_pointer*, std::uint32_t time_ms, std::uint32_t axis,
                      wl_fixed_t value) {
    log(self).write("axis", {{"time_ms", time_ms}, {"axis", axis}, {"value", number(value)}});
  }
  static void on_pointer_frame(void* self, wl_pointer*) { log(self).write("pointer_frame"); }
  static void on_axis_source(void* self, wl_pointer*, std::uint32_t source) {
    log(self).write("axis_source", {{"source", source}});
  }
  static void on_axis_stop(void* self, wl_pointer*, std::uint32_t time_ms, std::uint32_t axis) {
    log(self).write("axis_stop", {{"time_ms", time_ms}, {"axis", axis}});
  }
  static void on_axis_discrete(void* self, wl_pointer*, std::uint32_t axis, std::int32_t steps) {
    log(self).write("axis_discrete", {{"axis", axis}, {"steps", steps}});
  }
  static constexpr wl_pointer_listener kPointer{.enter = on_pointer_enter,
                                                .leave = on_pointer_leave,
                                                .motion = on_motion,
                                                .button = on_button,
                                                .axis = on_axis,
                                                .frame = on_pointer_frame,
                                                .axis_source = on_axis_source,
                                                .axis_stop = on_axis_stop,
                                                .axis_discrete = on_axis_discrete};

  static void on_relative(void* self, zwp_relative_pointer_v1*, std::uint32_t time_us_high,
                          std::uint32_t time_us_low, wl_fixed_t dx, wl_fixed_t dy,
                          wl_fixed_t dx_raw, wl_fixed_t dy_raw) {
    log(self).write("relative_motion",
                    {{"time_us", std::uint64_t{time_us_high} << 32 | time_us_low},
                     {"dx", number(dx)},
                     {"dy", number(dy)},
                     {"dx_raw", number(dx_raw)},
                     {"dy_raw", number(dy_raw)}});
  }
  static constexpr zwp_relative_pointer_v1_listener kRelative{on_relative};

  static void on_locked(void* self, zwp_locked_pointer_v1*) {
    log(self).write("constraint", {{"active", true}});
  }
  static void on_unlocked(void* self, zwp_locked_pointer_v1*) {
    log(self).write("constraint", {{"active", false}});
  }
  static constexpr zwp_locked_pointer_v1_listener kLocked{on_locked, on_unlocked};
  static void on_confined(void* self, zwp_confined_pointer_v1*) {
    log(self).write("constraint", {{"active", true}});
  }
  static void on_unconfined(void* self, zwp_confined_pointer_v1*) {
    log(self).write("constraint", {{"active", false}});
  }
  static constexpr zwp_confined_pointer_v1_listener kConfined{on_confined, on_unconfined};

  // Touch.
  static void on_down(void* self, wl_touch*, std::uint32_t, std::uint32_t time_ms, wl_surface*,
                      std::int32_t id, wl_fixed_t x, wl_fixed_t y) {
    log(self).write("touch_down",
                    {{"time_ms", time_ms}, {"id", id}, {"x", number(x)}, {"y", number(y)}});
  }
  static void on_up(void* self, wl_touch*, std::uint32_t, std::uint32_t time_ms, std::int32_t id) {
    log(self).write("touch_up", {{"time_ms", time_ms}, {"id", id}});
  }
  static void on_touch_motion(void* self, wl_touch*, std::uint32_t time_ms, std::int32_t id,
                              wl_fixed_t x, wl_fixed_t y) {
    log(self).write("touch_motion",
                    {{"time_ms", time_ms}, {"id", id}, {"x", number(x)}, {"y", number(y)}});
  }
  static void on_touch_frame(void* self, wl_touch*) { log(self).write("touch_frame"); }
  static void on_cancel(void* self, wl_touch*) { log(self).write("touch_cancel"); }
  static void on_shape(void*, wl_touch*, std::int32_t, wl_fixed_t, wl_fixed_t) {}
  static void on_orientation(void*, wl_touch*, std::int32_t, wl_fixed_t) {}
  static constexpr wl_touch_listener kTouch{.down = on_down,
                                            .up = on_up,
                                            .motion = on_touch_motion,
                                            .frame = on_touch_frame,
                                            .cancel = on_cancel,
                                            .shape = on_shape,
                                            .orientation = on_orientation};
};

void Seat::Listeners::on_capabilities(void* self, wl_seat* seat, std::uint32_t capabilities) {
  Seat& ours = us(self);
  const bool pointer = capabilities & WL_SEAT_CAPABILITY_POINTER;
  const bool keyboard = capabilities & WL_SEAT_CAPABILITY_KEYBOARD;
  const bool touch = capabilities & WL_SEAT_CAPABILITY_TOUCH;
  log(self).write("seat", {{"pointer", pointer}, {"keyboard", keyboard}, {"touch", touch}});
  if (pointer && ours.pointer_ == nullptr) ours.take_pointer();
  if (!pointer) ours.drop_pointer();
  if (keyboard && ours.keyboard_ == nullptr) {
    ours.keyboard_ = wl_seat_get_keyboard(seat);
    wl_keyboard_add_listener(ours.keyboard_, &kKeyboard, &ours);
  } else if (!keyboard && ours.keyboard_ != nullptr) {
    wl_keyboard_release(ours.keyboard_);
    ours.keyboard_ = nullptr;
  }
  if (touch && ours.touch_ == nullptr) {
    ours.touch_ = wl_seat_get_touch(seat);
    wl_touch_add_listener(ours.touch_, &kTouch, &ours);
  } else if (!touch && ours.touch_ != nullptr) {
    wl_touch_release(ours.touch_);
    ours.touch_ = nullptr;
  }
}

Result<std::unique_ptr<Seat>> Seat::open(wayland::FullScreen& screen, PointerWish wish,
                                         EventLog& log) {
  std::unique_ptr<Seat> seat(new Seat(screen, wish, log));
  seat->relative_manager_ =
      screen.bind<zwp_relative_pointer_manager_v1>(zwp_relative_pointer_manager_v1_interface, 1);
  if (wish != PointerWish::free) {
    seat->constraints_ =
        screen.bind<zwp_pointer_constraints_v1>(zwp_pointer_constraints_v1_interface, 1);
    if (seat->constraints_ == nullptr) {
      return fail(ErrorKind::unavailable, "--pointer: this compositor has no pointer constraints");
    }
  }
  seat->seat_ = screen.bind<wl_seat>(wl_seat_interface, kSeatVersion);
  if (seat->seat_ == nullptr)
    return fail(ErrorKind::unavailable, "the Wayland compositor has no seat");
  wl_seat_add_listener(seat->seat_, &Listeners::kSeat, seat.get());
  return seat;
}

void Seat::take_pointer() {
  pointer_ = wl_seat_get_pointer(seat_);
  wl_pointer_add_listener(pointer_, &Listeners::kPointer, this);
  if (relative_manager_ != nullptr) {
    relative_ = zwp_relative_pointer_manager_v1_get_relative_pointer(relative_manager_, pointer_);
    zwp_relative_pointer_v1_add_listener(relative_, &Listeners::kRelative, this);
  }
  if (wish_ == PointerWish::locked) {
    locked_ =
        zwp_pointer_constraints_v1_lock_pointer(constraints_, screen_.surface(), pointer_, nullptr,
                                                ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
    zwp_locked_pointer_v1_add_listener(locked_, &Listeners::kLocked, this);
  } else if (wish_ == PointerWish::confined) {
    confined_ = zwp_pointer_constraints_v1_confine_pointer(
        constraints_, screen_.surface(), pointer_, nullptr,
        ZWP_POINTER_CONSTRAINTS_V1_LIFETIME_PERSISTENT);
    zwp_confined_pointer_v1_add_listener(confined_, &Listeners::kConfined, this);
  }
}

void Seat::drop_pointer() {
  if (locked_ != nullptr) zwp_locked_pointer_v1_destroy(locked_);
  if (confined_ != nullptr) zwp_confined_pointer_v1_destroy(confined_);
  if (relative_ != nullptr) zwp_relative_pointer_v1_destroy(relative_);
  if (pointer_ != nullptr) wl_pointer_release(pointer_);
  locked_ = nullptr;
  confined_ = nullptr;
  relative_ = nullptr;
  pointer_ = nullptr;
}

void Seat::log_key(std::uint32_t time_ms, std::uint32_t key, bool pressed) {
  const Keymap::Meaning meaning = keymap_.meaning(key);
  log_.write("key", {{"time_ms", time_ms},
                     {"key", key},
                     {"pressed", pressed},
                     {"keysym", meaning.keysym},
                     {"text", meaning.text}});
}

Seat::~Seat() {
  drop_pointer();
  if (keyboard_ != nullptr) wl_keyboard_release(keyboard_);
  if (touch_ != nullptr) wl_touch_release(touch_);
  if (seat_ != nullptr) wl_seat_release(seat_);
  if (constraints_ != nullptr) zwp_pointer_constraints_v1_destroy(constraints_);
  if (relative_manager_ != nullptr) zwp_relative_pointer_manager_v1_destroy(relative_manager_);
}

}  // namespace pf::input_log
