// A full-screen window that shows the coded picture.
#pragma once

#include <memory>
#include <optional>

#include "core/base/result.h"
#include "core/base/time.h"
#include "pattern/painter.h"
#include "tools/pattern/shm_buffers.h"
#include "tools/wayland/full_screen.h"

namespace pf::pattern_client {

// One thread. Callbacks of libwayland hold its address, so it does not move.
class Window {
 public:
  // `fallback_size`: where the compositor leaves the size to us. `unavailable` when there is no
  // compositor.
  static Result<std::unique_ptr<Window>> open(SizePx fallback_size, pattern::Painter::Scene scene);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  wayland::FullScreen& screen() noexcept { return *screen_; }

  // The compositor wants a new picture and there is a buffer to draw it into.
  bool wants_frame() noexcept;
  // Draws and commits a frame. Only when wants_frame().
  Result<void> show(const pattern::Stamp& stamp);
  // The picture has to be drawn anew although nothing moves: first showing, new size.
  bool needs_redraw() const noexcept { return needs_redraw_; }

 private:
  explicit Window(pattern::Painter::Scene scene) noexcept : scene_(scene) {}
  static void on_frame(void* self, wl_callback* callback, std::uint32_t);
  void on_configured();
  Result<void> make_buffers();
  void commit(ShmBuffer& buffer);

  const pattern::Painter::Scene scene_;
  std::unique_ptr<wayland::FullScreen> screen_;
  SizePx size_px_;
  // Pending: the compositor has not asked for the next frame yet.
  wl_callback* frame_callback_ = nullptr;

  std::unique_ptr<ShmBuffers> buffers_;
  std::optional<pattern::Painter> painter_;
  bool configured_ = false;
  bool needs_redraw_ = true;
};

}  // namespace pf::pattern_client
