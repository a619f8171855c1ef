// A full-screen window that shows the coded picture.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <wayland-client.h>

#include "core/base/result.h"
#include "core/base/time.h"
#include "pattern/painter.h"
#include "tools/pattern/shm_buffers.h"

struct xdg_wm_base;
struct xdg_surface;
struct xdg_toplevel;

namespace pf::pattern_client {

// One thread. Callbacks of libwayland hold its address, so it does not move.
class Window {
 public:
  // `fallback_size`: where the compositor leaves the size to us. `unavailable` when there is no
  // compositor.
  static Result<std::unique_ptr<Window>> open(SizePx fallback_size);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // Readable when there is something for dispatch().
  int poll_handle() const noexcept;
  // Writes what is queued and handles what came; never blocks. `lost` once the compositor has gone.
  Result<void> dispatch();

  bool closed() const noexcept { return closed_; }  // by the user or the compositor
  // The compositor wants a new picture and there is a buffer to draw it into.
  bool wants_frame() noexcept;
  // Draws and commits a frame. Only when wants_frame().
  Result<void> show(const pattern::Stamp& stamp);
  // The picture has to be drawn anew although nothing moves: first showing, new size.
  bool needs_redraw() const noexcept { return needs_redraw_; }

 private:
  struct Listeners;  // the callbacks of libwayland, in the source file

  explicit Window(SizePx size) noexcept : size_px_(size) {}
  Result<void> bind();
  Result<void> make_buffers();
  void commit(ShmBuffer& buffer);

  SizePx size_px_;
  std::unique_ptr<wl_display, void (*)(wl_display*)> display_{nullptr, wl_display_disconnect};
  wl_registry* registry_ = nullptr;
  wl_compositor* compositor_ = nullptr;
  wl_shm* shm_ = nullptr;
  xdg_wm_base* shell_ = nullptr;
  wl_surface* surface_ = nullptr;
  xdg_surface* shell_surface_ = nullptr;
  xdg_toplevel* toplevel_ = nullptr;
  wl_callback* frame_callback_ =
      nullptr;  // pending: the compositor has not asked for the next frame yet

  std::unique_ptr<ShmBuffers> buffers_;
  std::optional<pattern::Painter> painter_;
  bool configured_ = false;
  bool closed_ = false;
  bool needs_redraw_ = true;
};

}  // namespace pf::pattern_client
