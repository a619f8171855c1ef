#include "tools/input-log/window.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "core/runtime/unique_fd.h"

namespace pf::input_log {
namespace {

constexpr std::uint32_t kColour = 0x203040;

}  // namespace

Result<std::unique_ptr<Window>> Window::open(EventLog& log) {
  std::unique_ptr<Window> window(new Window(log));
  PF_TRY(window->screen_,
         wayland::FullScreen::open({.title = "punktfunk input log",
                                    .app_id = "punktfunk-input-log",
                                    .size_px = {1280, 720},
                                    .configured = [self = window.get()] { self->fill(); }}));
  return window;
}

Window::~Window() {
  if (buffer_ != nullptr) wl_buffer_destroy(buffer_);
}

// The old buffer is given up although the compositor may still show it: its memory lives on there.
void Window::fill() {
  const SizePx size = screen_->size_px();
  wl_surface* const surface = screen_->surface();
  if (filled_px_ == size) {
    wl_surface_commit(surface);
    return;
  }
  const std::size_t pixels = std::size_t{size.width} * size.height;
  const std::size_t bytes = pixels * 4;
  const UniqueFd fd(memfd_create("punktfunk-input-log", MFD_CLOEXEC));
  if (bytes > 0x7FFFFFFF || !fd || ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) return;
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED) return;
  std::fill_n(static_cast<std::uint32_t*>(memory), pixels, kColour);
  munmap(memory, bytes);
  wl_shm_pool* const pool =
      wl_shm_create_pool(screen_->shm(), fd.get(), static_cast<std::int32_t>(bytes));
  if (buffer_ != nullptr) wl_buffer_destroy(buffer_);
  const auto width = static_cast<std::int32_t>(size.width);
  const auto height = static_cast<std::int32_t>(size.height);
  buffer_ = wl_shm_pool_create_buffer(pool, 0, width, height, width * 4, WL_SHM_FORMAT_XRGB8888);
  wl_shm_pool_destroy(pool);
  wl_surface_attach(surface, buffer_, 0, 0);
  wl_surface_damage_buffer(surface, 0, 0, width, height);
  wl_surface_commit(surface);
  filled_px_ = size;
  log_.write("configure", {{"width", width}, {"height", height}});
}

}  // namespace pf::input_log
