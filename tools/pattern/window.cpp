#include "tools/pattern/window.h"

#include <algorithm>

#include "core/base/check.h"

namespace pf::pattern_client {
namespace {

// A window that is smaller than the code shows a part of it.
SizePx within_bounds(SizePx size) {
  return {std::clamp(size.width, pattern::kSmallestPx.width, pattern::kLargestPx.width),
          std::clamp(size.height, pattern::kSmallestPx.height, pattern::kLargestPx.height)};
}

}  // namespace

Result<std::unique_ptr<Window>> Window::open(SizePx fallback_size, pattern::Painter::Scene scene) {
  std::unique_ptr<Window> window(new Window(scene));
  PF_TRY(window->screen_, wayland::FullScreen::open(
                              {.title = "punktfunk pattern",
                               .app_id = "punktfunk-pattern",
                               .size_px = fallback_size,
                               .configured = [self = window.get()] { self->on_configured(); }}));
  window->screen_->show();
  return window;
}

Window::~Window() {
  buffers_.reset();
  if (frame_callback_ != nullptr) wl_callback_destroy(frame_callback_);
}

void Window::on_configured() {
  size_px_ = within_bounds(screen_->size_px());
  configured_ = true;
  needs_redraw_ = true;
}

void Window::on_frame(void* self, wl_callback* callback, std::uint32_t) {
  wl_callback_destroy(callback);
  static_cast<Window*>(self)->frame_callback_ = nullptr;
}

bool Window::wants_frame() noexcept {
  if (!configured_ || frame_callback_ != nullptr) return false;
  return !buffers_ || buffers_->size_px() != size_px_ || buffers_->free_one() != nullptr;
}

Result<void> Window::show(const pattern::Stamp& stamp) {
  if (!buffers_ || buffers_->size_px() != size_px_) PF_TRY_VOID(make_buffers());
  ShmBuffer* const buffer = buffers_->free_one();
  PF_CHECK(buffer != nullptr);
  painter_->draw(stamp, buffer->canvas);
  commit(*buffer);
  needs_redraw_ = false;
  return {};
}

Result<void> Window::make_buffers() {
  PF_TRY(buffers_, ShmBuffers::make(*screen_->shm(), size_px_));
  painter_.emplace(size_px_, scene_);
  for (const ShmBuffer& buffer : buffers_->all()) painter_->prepare(buffer.canvas);
  needs_redraw_ = true;
  return {};
}

void Window::commit(ShmBuffer& buffer) {
  static constexpr wl_callback_listener kFrame{on_frame};
  wl_surface* const surface = screen_->surface();
  buffer.busy = true;
  wl_surface_attach(surface, buffer.handle, 0, 0);
  if (needs_redraw_) {
    wl_surface_damage_buffer(surface, 0, 0, static_cast<std::int32_t>(size_px_.width),
                             static_cast<std::int32_t>(size_px_.height));
  } else {
    for (const RectPx& area : painter_->damage()) {
      wl_surface_damage_buffer(
          surface, static_cast<std::int32_t>(area.x), static_cast<std::int32_t>(area.y),
          static_cast<std::int32_t>(area.width), static_cast<std::int32_t>(area.height));
    }
  }
  frame_callback_ = wl_surface_frame(surface);
  wl_callback_add_listener(frame_callback_, &kFrame, this);
  wl_surface_commit(surface);
}

}  // namespace pf::pattern_client
