// A full-screen window of one plain colour.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "tools/input-log/event_log.h"
#include "tools/wayland/full_screen.h"

namespace pf::input_log {

// One thread.
class Window {
 public:
  // `log` outlives it and learns of sizes. `unavailable` when there is no compositor. The window
  // asks for its first size only with show(), so that nothing is missed that comes with it.
  static Result<std::unique_ptr<Window>> open(EventLog& log);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  wayland::FullScreen& screen() noexcept { return *screen_; }

 private:
  explicit Window(EventLog& log) noexcept : log_(log) {}
  void fill();

  EventLog& log_;
  std::unique_ptr<wayland::FullScreen> screen_;
  wl_buffer* buffer_ = nullptr;
  SizePx filled_px_;
};

}  // namespace pf::input_log
