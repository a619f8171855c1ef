// The seat and its devices: every event of theirs becomes a line.
#pragma once

#include <memory>

#include <wayland-client.h>

#include "core/base/result.h"
#include "tools/input-log/event_log.h"
#include "tools/input-log/keymap.h"
#include "tools/input-log/options.h"
#include "tools/wayland/full_screen.h"

struct zwp_relative_pointer_manager_v1;
struct zwp_relative_pointer_v1;
struct zwp_pointer_constraints_v1;
struct zwp_locked_pointer_v1;
struct zwp_confined_pointer_v1;

namespace pf::input_log {

// One thread. Callbacks of libwayland hold its address, so it does not move.
class Seat {
 public:
  // The first seat of the compositor. `screen` and `log` outlive it. `unavailable`: no seat, or the
  // compositor cannot fulfil the wish.
  static Result<std::unique_ptr<Seat>> open(wayland::FullScreen& screen, PointerWish wish,
                                            EventLog& log);
  ~Seat();
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

 private:
  struct Listeners;

  Seat(wayland::FullScreen& screen, PointerWish wish, EventLog& log) noexcept
      : screen_(screen), wish_(wish), log_(log) {}
  void take_pointer();
  void drop_pointer();
  void log_key(std::uint32_t time_ms, std::uint32_t key, bool pressed);

  wayland::FullScreen& screen_;
  PointerWish wish_;
  EventLog& log_;
  Keymap keymap_;
  wl_seat* seat_ = nullptr;
  wl_pointer* pointer_ = nullptr;
  wl_keyboard* keyboard_ = nullptr;
  wl_touch* touch_ = nullptr;
  zwp_relative_pointer_manager_v1* relative_manager_ = nullptr;
  zwp_relative_pointer_v1* relative_ = nullptr;
  zwp_pointer_constraints_v1* constraints_ = nullptr;
  zwp_locked_pointer_v1* locked_ = nullptr;
  zwp_confined_pointer_v1* confined_ = nullptr;
};

}  // namespace pf::input_log
