#include "tools/input-log/window.h"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/runtime/unique_fd.h"
#include "xdg-shell-client.h"

namespace pf::input_log {
namespace {

constexpr std::uint32_t kColour = 0x203040;

}  // namespace

struct Window::Listeners {
  static Window& us(void* self) noexcept { return *static_cast<Window*>(self); }

  static void on_global(void* self, wl_registry*, std::uint32_t name, const char* interface,
                        std::uint32_t version) {
    us(self).globals_.push_back({name, version, interface});
  }
  static void on_global_gone(void*, wl_registry*, std::uint32_t) {}
  static void on_ping(void*, xdg_wm_base* shell, std::uint32_t serial) {
    xdg_wm_base_pong(shell, serial);
  }
  static void on_surface_configure(void* self, xdg_surface* surface, std::uint32_t serial) {
    xdg_surface_ack_configure(surface, serial);
    us(self).fill();
  }
  static void on_toplevel_configure(void* self, xdg_toplevel*, std::int32_t width,
                                    std::int32_t height, wl_array*) {
    if (width <= 0 || height <= 0) return;  // as we like
    us(self).width_ = width;
    us(self).height_ = height;
  }
  static void on_close(void* self, xdg_toplevel*) { us(self).closed_ = true; }

  static constexpr wl_registry_listener kRegistry{on_global, on_global_gone};
  static constexpr xdg_wm_base_listener kShell{on_ping};
  static constexpr xdg_surface_listener kSurface{on_surface_configure};
  static constexpr xdg_toplevel_listener kToplevel{.configure = on_toplevel_configure,
                                                   .close = on_close};
};

Result<std::unique_ptr<Window>> Window::open(EventLog& log) {
  std::unique_ptr<Window> window(new Window(log));
  window->display_.reset(wl_display_connect(nullptr));
  if (!window->display_) {
    const char* const name = std::getenv("WAYLAND_DISPLAY");
    return fail(
        ErrorKind::unavailable,
        "no Wayland compositor answers at WAYLAND_DISPLAY={}: start one, or run this inside of it",
        name != nullptr ? name : "wayland-0");
  }
  window->registry_ = wl_display_get_registry(window->display_.get());
  wl_registry_add_listener(window->registry_, &Listeners::kRegistry, window.get());
  if (wl_display_roundtrip(window->display_.get()) < 0) {
    return fail(ErrorKind::lost, "the Wayland compositor went away");
  }
  PF_TRY_VOID(window->make_surface());
  return window;
}

void* Window::bind_global(const wl_interface& interface, std::uint32_t version) {
  for (const Global& global : globals_) {
    if (global.interface == interface.name) {
      return wl_registry_bind(registry_, global.name, &interface,
                              std::min(version, global.version));
    }
  }
  return nullptr;
}

Result<void> Window::make_surface() {
  compositor_ = bind<wl_compositor>(wl_compositor_interface, 4);
  shm_ = bind<wl_shm>(wl_shm_interface, 1);
  shell_ = bind<xdg_wm_base>(xdg_wm_base_interface, 1);
  if (compositor_ == nullptr || shm_ == nullptr || shell_ == nullptr) {
    return fail(ErrorKind::unavailable, "the Wayland compositor lacks {}",
                compositor_ == nullptr ? "wl_compositor"
                : shm_ == nullptr      ? "wl_shm"
                                       : "xdg_wm_base");
  }
  xdg_wm_base_add_listener(shell_, &Listeners::kShell, this);
  surface_ = wl_compositor_create_surface(compositor_);
  shell_surface_ = xdg_wm_base_get_xdg_surface(shell_, surface_);
  xdg_surface_add_listener(shell_surface_, &Listeners::kSurface, this);
  toplevel_ = xdg_surface_get_toplevel(shell_surface_);
  xdg_toplevel_add_listener(toplevel_, &Listeners::kToplevel, this);
  xdg_toplevel_set_title(toplevel_, "punktfunk input log");
  xdg_toplevel_set_app_id(toplevel_, "punktfunk-input-log");
  xdg_toplevel_set_fullscreen(toplevel_, nullptr);
  return {};
}

void Window::show() { wl_surface_commit(surface_); }

Window::~Window() {
  if (buffer_ != nullptr) wl_buffer_destroy(buffer_);
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
  wl_display_flush(display);
  return {};
}

// The old buffer is given up although the compositor may still show it: its memory lives on there.
void Window::fill() {
  if (filled_width_ == width_ && filled_height_ == height_) {
    wl_surface_commit(surface_);
    return;
  }
  const std::size_t pixels = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  const std::size_t bytes = pixels * 4;
  const UniqueFd fd(memfd_create("punktfunk-input-log", MFD_CLOEXEC));
  if (bytes > 0x7FFFFFFF || !fd || ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) return;
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED) return;
  std::fill_n(static_cast<std::uint32_t*>(memory), pixels, kColour);
  munmap(memory, bytes);
  wl_shm_pool* const pool = wl_shm_create_pool(shm_, fd.get(), static_cast<std::int32_t>(bytes));
  if (buffer_ != nullptr) wl_buffer_destroy(buffer_);
  buffer_ = wl_shm_pool_create_buffer(pool, 0, width_, height_, width_ * 4, WL_SHM_FORMAT_XRGB8888);
  wl_shm_pool_destroy(pool);
  wl_surface_attach(surface_, buffer_, 0, 0);
  wl_surface_damage_buffer(surface_, 0, 0, width_, height_);
  wl_surface_commit(surface_);
  filled_width_ = width_;
  filled_height_ = height_;
  log_.write("configure", {{"width", width_}, {"height", height_}});
}

}  // namespace pf::input_log
