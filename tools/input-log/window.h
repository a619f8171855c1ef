// A full-screen window of one plain colour, and the connection it lives on.
#pragma once

#include <functional>
#include <memory>

#include <wayland-client.h>

#include "core/base/result.h"
#include "tools/input-log/event_log.h"

struct xdg_wm_base;
struct xdg_surface;
struct xdg_toplevel;

namespace pf::input_log {

// One thread. Callbacks of libwayland hold its address, so it does not move.
class Window {
 public:
  // `log` outlives it and learns of sizes. `unavailable` when there is no compositor. The window
  // asks for its first size only with show(), so that nothing is missed that comes with it.
  static Result<std::unique_ptr<Window>> open(EventLog& log);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  void show();

  // Binds a global of the compositor, at most at this version; null when it has none. The caller
  // destroys it.
  template <class Object>
  Object* bind(const wl_interface& interface, std::uint32_t version) {
    return static_cast<Object*>(bind_global(interface, version));
  }
  wl_surface* surface() const noexcept { return surface_; }

  // Readable when there is something for dispatch().
  int poll_handle() const noexcept;
  // Writes what is queued and handles what came; never blocks. `lost` once the compositor has gone.
  Result<void> dispatch();
  bool closed() const noexcept { return closed_; }  // by the user or the compositor

 private:
  struct Listeners;  // the callbacks of libwayland, in the source file
  struct Global {
    std::uint32_t name, version;
    std::string interface;
  };

  explicit Window(EventLog& log) noexcept : log_(log) {}
  void* bind_global(const wl_interface& interface, std::uint32_t version);
  Result<void> make_surface();
  void fill();

  EventLog& log_;
  std::unique_ptr<wl_display, void (*)(wl_display*)> display_{nullptr, wl_display_disconnect};
  wl_registry* registry_ = nullptr;
  std::vector<Global> globals_;
  wl_compositor* compositor_ = nullptr;
  wl_shm* shm_ = nullptr;
  xdg_wm_base* shell_ = nullptr;
  wl_surface* surface_ = nullptr;
  xdg_surface* shell_surface_ = nullptr;
  xdg_toplevel* toplevel_ = nullptr;
  wl_buffer* buffer_ = nullptr;
  std::int32_t width_ = 1280, height_ = 720;  // where the compositor leaves it to us
  std::int32_t filled_width_ = 0, filled_height_ = 0;
  bool closed_ = false;
};

}  // namespace pf::input_log
