#include "tools/wayland/full_screen.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "xdg-shell-client.h"

namespace pf::wayland {
namespace {

// The version that has damage in pixels of the buffer.
constexpr std::uint32_t kCompositorVersion = 4;

Failure gone() { return fail(ErrorKind::lost, "the Wayland compositor went away"); }

}  // namespace

struct FullScreen::Listeners {
  static FullScreen& us(void* self) noexcept { return *static_cast<FullScreen*>(self); }

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
    us(self).params_.configured();
  }
  static void on_toplevel_configure(void* self, xdg_toplevel*, std::int32_t width,
                                    std::int32_t height, wl_array*) {
    if (width <= 0 || height <= 0) return;  // as we like
    us(self).params_.size_px = {static_cast<std::uint32_t>(width),
                                static_cast<std::uint32_t>(height)};
  }
  static void on_close(void* self, xdg_toplevel*) { us(self).closed_ = true; }

  static constexpr wl_registry_listener kRegistry{on_global, on_global_gone};
  static constexpr xdg_wm_base_listener kShell{on_ping};
  static constexpr xdg_surface_listener kSurface{on_surface_configure};
  static constexpr xdg_toplevel_listener kToplevel{.configure = on_toplevel_configure,
                                                   .close = on_close};
};

Result<std::unique_ptr<FullScreen>> FullScreen::open(Params params) {
  std::unique_ptr<FullScreen> screen(new FullScreen(std::move(params)));
  screen->display_.reset(wl_display_connect(nullptr));
  if (!screen->display_) {
    const char* const name = std::getenv("WAYLAND_DISPLAY");
    return fail(
        ErrorKind::unavailable,
        "no Wayland compositor answers at WAYLAND_DISPLAY={}: start one, or run this inside of it",
        name != nullptr ? name : "wayland-0");
  }
  screen->registry_ = wl_display_get_registry(screen->display_.get());
  wl_registry_add_listener(screen->registry_, &Listeners::kRegistry, screen.get());
  if (wl_display_roundtrip(screen->display_.get()) < 0) return gone();
  PF_TRY_VOID(screen->make_surface());
  return screen;
}

void* FullScreen::bind_global(const wl_interface& interface, std::uint32_t version) {
  for (const Global& global : globals_) {
    if (global.interface == interface.name) {
      return wl_registry_bind(registry_, global.name, &interface,
                              std::min(version, global.version));
    }
  }
  return nullptr;
}

Result<void> FullScreen::make_surface() {
  compositor_ = bind<wl_compositor>(wl_compositor_interface, kCompositorVersion);
  shm_ = bind<wl_shm>(wl_shm_interface, 1);
  shell_ = bind<xdg_wm_base>(xdg_wm_base_interface, 1);
  const bool compositor_suits =
      compositor_ != nullptr && wl_compositor_get_version(compositor_) >= kCompositorVersion;
  if (!compositor_suits || shm_ == nullptr || shell_ == nullptr) {
    return fail(ErrorKind::unavailable, "the Wayland compositor lacks {}",
                !compositor_suits ? "wl_compositor version 4"
                : shm_ == nullptr ? "wl_shm"
                                  : "xdg_wm_base");
  }
  xdg_wm_base_add_listener(shell_, &Listeners::kShell, this);
  surface_ = wl_compositor_create_surface(compositor_);
  shell_surface_ = xdg_wm_base_get_xdg_surface(shell_, surface_);
  xdg_surface_add_listener(shell_surface_, &Listeners::kSurface, this);
  toplevel_ = xdg_surface_get_toplevel(shell_surface_);
  xdg_toplevel_add_listener(toplevel_, &Listeners::kToplevel, this);
  xdg_toplevel_set_title(toplevel_, params_.title);
  xdg_toplevel_set_app_id(toplevel_, params_.app_id);
  xdg_toplevel_set_fullscreen(toplevel_, nullptr);
  return {};
}

FullScreen::~FullScreen() {
  if (toplevel_ != nullptr) xdg_toplevel_destroy(toplevel_);
  if (shell_surface_ != nullptr) xdg_surface_destroy(shell_surface_);
  if (surface_ != nullptr) wl_surface_destroy(surface_);
  if (shell_ != nullptr) xdg_wm_base_destroy(shell_);
  if (shm_ != nullptr) wl_shm_destroy(shm_);
  if (compositor_ != nullptr) wl_compositor_destroy(compositor_);
  if (registry_ != nullptr) wl_registry_destroy(registry_);
}

Result<void> FullScreen::dispatch() {
  wl_display* const display = display_.get();
  while (wl_display_prepare_read(display) != 0) {
    if (wl_display_dispatch_pending(display) < 0) return gone();
  }
  // A full socket is not an error: the rest leaves with the next call.
  const bool flushed = wl_display_flush(display) >= 0 || errno == EAGAIN;
  pollfd readable{poll_handle(), POLLIN, 0};
  if (flushed && poll(&readable, 1, 0) > 0) {
    wl_display_read_events(display);
  } else {
    wl_display_cancel_read(display);
  }
  if (!flushed || wl_display_dispatch_pending(display) < 0) return gone();
  wl_display_flush(display);
  return {};
}

}  // namespace pf::wayland
