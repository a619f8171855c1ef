#include "tools/pattern/window.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/check.h"
#include "xdg-shell-client.h"

namespace pf::pattern_client {

struct Window::Listeners {
  static Window& us(void* self) noexcept { return *static_cast<Window*>(self); }

  static void on_global(void* self, wl_registry* registry, std::uint32_t name,
                        const char* interface, std::uint32_t version) {
    const auto is = [&](const wl_interface& wanted) {
      return std::strcmp(interface, wanted.name) == 0;
    };
    if (is(wl_compositor_interface) && version >= 4) {  // 4: damage in buffer pixels
      us(self).compositor_ = static_cast<wl_compositor*>(
          wl_registry_bind(registry, name, &wl_compositor_interface, 4));
    } else if (is(wl_shm_interface)) {
      us(self).shm_ = static_cast<wl_shm*>(wl_registry_bind(registry, name, &wl_shm_interface, 1));
    } else if (is(xdg_wm_base_interface)) {
      us(self).shell_ =
          static_cast<xdg_wm_base*>(wl_registry_bind(registry, name, &xdg_wm_base_interface, 1));
    }
  }
  static void on_global_gone(void*, wl_registry*, std::uint32_t) {}

  static void on_ping(void*, xdg_wm_base* shell, std::uint32_t serial) {
    xdg_wm_base_pong(shell, serial);
  }
  static void on_surface_configure(void* self, xdg_surface* surface, std::uint32_t serial) {
    xdg_surface_ack_configure(surface, serial);
    us(self).configured_ = true;
    us(self).needs_redraw_ = true;
  }
  static void on_toplevel_configure(void* self, xdg_toplevel*, std::int32_t width,
                                    std::int32_t height, wl_array*) {
    if (width <= 0 || height <= 0) return;  // as we like
    // A window that is smaller than the code shows a part of it.
    us(self).size_px_ = {std::clamp(static_cast<std::uint32_t>(width), pattern::kSmallestPx.width,
                                    pattern::kLargestPx.width),
                         std::clamp(static_cast<std::uint32_t>(height), pattern::kSmallestPx.height,
                                    pattern::kLargestPx.height)};
  }
  static void on_close(void* self, xdg_toplevel*) { us(self).closed_ = true; }

  static void on_frame(void* self, wl_callback* callback, std::uint32_t) {
    wl_callback_destroy(callback);
    us(self).frame_callback_ = nullptr;
  }

  static constexpr wl_registry_listener kRegistry{on_global, on_global_gone};
  static constexpr xdg_wm_base_listener kShell{on_ping};
  static constexpr xdg_surface_listener kSurface{on_surface_configure};
  static constexpr xdg_toplevel_listener kToplevel{.configure = on_toplevel_configure,
                                                   .close = on_close};
  static constexpr wl_callback_listener kFrame{on_frame};
};

Result<std::unique_ptr<Window>> Window::open(SizePx fallback_size) {
  std::unique_ptr<Window> window(new Window(fallback_size));
  window->display_.reset(wl_display_connect(nullptr));
  if (!window->display_) {
    const char* const name = std::getenv("WAYLAND_DISPLAY");
    return fail(
        ErrorKind::unavailable,
        "no Wayland compositor answers at WAYLAND_DISPLAY={}: start one, or run this inside of it",
        name != nullptr ? name : "wayland-0");
  }
  PF_TRY_VOID(window->bind());
  window->surface_ = wl_compositor_create_surface(window->compositor_);
  window->shell_surface_ = xdg_wm_base_get_xdg_surface(window->shell_, window->surface_);
  xdg_surface_add_listener(window->shell_surface_, &Listeners::kSurface, window.get());
  window->toplevel_ = xdg_surface_get_toplevel(window->shell_surface_);
  xdg_toplevel_add_listener(window->toplevel_, &Listeners::kToplevel, window.get());
  xdg_toplevel_set_title(window->toplevel_, "punktfunk pattern");
  xdg_toplevel_set_app_id(window->toplevel_, "punktfunk-pattern");
  xdg_toplevel_set_fullscreen(window->toplevel_, nullptr);
  wl_surface_commit(window->surface_);
  return window;
}

Result<void> Window::bind() {
  registry_ = wl_display_get_registry(display_.get());
  wl_registry_add_listener(registry_, &Listeners::kRegistry, this);
  if (wl_display_roundtrip(display_.get()) < 0) {
    return fail(ErrorKind::lost, "the Wayland compositor went away");
  }
  if (compositor_ == nullptr || shm_ == nullptr || shell_ == nullptr) {
    return fail(ErrorKind::unavailable, "the Wayland compositor lacks {}",
                compositor_ == nullptr ? "wl_compositor version 4"
                : shm_ == nullptr      ? "wl_shm"
                                       : "xdg_wm_base");
  }
  xdg_wm_base_add_listener(shell_, &Listeners::kShell, this);
  return {};
}

Window::~Window() {
  buffers_.reset();
  if (frame_callback_ != nullptr) wl_callback_destroy(frame_callback_);
  if (toplevel_ != nullptr) xdg_toplevel_destroy(toplevel_);
  if (shell_surface_ != nullptr) xdg_surface_destroy(shell_surface_);
  if (surface_ != nullptr) wl_surface_destroy(surface_);
  if (shell_ != nullptr) xdg_wm_base_destroy(shell_);
  if (shm_ != nullptr) wl_shm_destroy(shm_);
  if (compositor_ != nullptr) wl_compositor_destroy(compositor_);
  if (registry_ != nullptr) wl_registry_destroy(registry_);
}

int Window::poll_handle() const noexcept { return wl_display_get_fd(display_.get()); }

Result<void> Window::dispatch() {
  wl_display* const display = display_.get();
  while (wl_display_prepare_read(display) != 0) {
    if (wl_display_dispatch_pending(display) < 0) {
      return fail(ErrorKind::lost, "the Wayland compositor went away");
    }
  }
  // A full socket is not an error: the rest leaves with the next call.
  const bool flushed = wl_display_flush(display) >= 0 || errno == EAGAIN;
  pollfd readable{poll_handle(), POLLIN, 0};
  if (flushed && poll(&readable, 1, 0) > 0) {
    wl_display_read_events(display);
  } else {
    wl_display_cancel_read(display);
  }
  if (!flushed || wl_display_dispatch_pending(display) < 0) {
    return fail(ErrorKind::lost, "the Wayland compositor went away");
  }
  return {};
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
  PF_TRY(buffers_, ShmBuffers::make(*shm_, size_px_));
  painter_.emplace(size_px_);
  for (const ShmBuffer& buffer : buffers_->all()) painter_->prepare(buffer.canvas);
  needs_redraw_ = true;
  return {};
}

void Window::commit(ShmBuffer& buffer) {
  buffer.busy = true;
  wl_surface_attach(surface_, buffer.handle, 0, 0);
  if (needs_redraw_) {
    wl_surface_damage_buffer(surface_, 0, 0, static_cast<std::int32_t>(size_px_.width),
                             static_cast<std::int32_t>(size_px_.height));
  } else {
    for (const RectPx& area : painter_->damage()) {
      wl_surface_damage_buffer(
          surface_, static_cast<std::int32_t>(area.x), static_cast<std::int32_t>(area.y),
          static_cast<std::int32_t>(area.width), static_cast<std::int32_t>(area.height));
    }
  }
  frame_callback_ = wl_surface_frame(surface_);
  wl_callback_add_listener(frame_callback_, &Listeners::kFrame, this);
  wl_surface_commit(surface_);
}

}  // namespace pf::pattern_client
