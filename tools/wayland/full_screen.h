// A full-screen surface of a Wayland program, and the connection it lives on. What is shown on it
// is its owner's business.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <wayland-client.h>

#include "core/base/display_mode.h"
#include "core/base/result.h"

struct xdg_wm_base;
struct xdg_surface;
struct xdg_toplevel;

namespace pf::wayland {

// One thread. Callbacks of libwayland hold its address, so it does not move.
class FullScreen {
 public:
  struct Params {
    const char* title;
    const char* app_id;
    SizePx size_px;  // where the compositor leaves it to us
    // The compositor has given a size, and wants a picture of it.
    std::function<void()> configured;
  };
  // `unavailable` when there is no compositor. The surface asks for its first size only with
  // show(), so that nothing is missed that comes with it.
  static Result<std::unique_ptr<FullScreen>> open(Params params);
  ~FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  void show() { wl_surface_commit(surface_); }

  // Binds a global of the compositor, at most at this version; null when it has none. The caller
  // destroys it.
  template <class Object>
  Object* bind(const wl_interface& interface, std::uint32_t version) {
    return static_cast<Object*>(bind_global(interface, version));
  }
  wl_surface* surface() const noexcept { return surface_; }
  wl_shm* shm() const noexcept { return shm_; }
  SizePx size_px() const noexcept { return params_.size_px; }

  // Readable when there is something for dispatch().
  int poll_handle() const noexcept { return wl_display_get_fd(display_.get()); }
  // Writes what is queued and handles what came; never blocks. `lost` once the compositor has gone.
  Result<void> dispatch();
  bool closed() const noexcept { return closed_; }  // by the user or the compositor

 private:
  struct Listeners;  // the callbacks of libwayland, in the source file
  struct Global {
    std::uint32_t name, version;
    std::string interface;
  };

  explicit FullScreen(Params params) noexcept : params_(std::move(params)) {}
  void* bind_global(const wl_interface& interface, std::uint32_t version);
  Result<void> make_surface();

  Params params_;
  std::unique_ptr<wl_display, void (*)(wl_display*)> display_{nullptr, wl_display_disconnect};
  wl_registry* registry_ = nullptr;
  std::vector<Global> globals_;
  wl_compositor* compositor_ = nullptr;
  wl_shm* shm_ = nullptr;
  xdg_wm_base* shell_ = nullptr;
  wl_surface* surface_ = nullptr;
  xdg_surface* shell_surface_ = nullptr;
  xdg_toplevel* toplevel_ = nullptr;
  bool closed_ = false;
};

}  // namespace pf::wayland
