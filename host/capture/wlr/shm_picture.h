// Memory that a compositor may write a picture into, and its Wayland buffer.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/display_mode.h"
#include "core/base/result.h"

struct wl_buffer;
struct wl_shm;

namespace pf::capture::wlr {

class ShmPicture {
 public:
  ShmPicture() = default;  // empty
  static Result<ShmPicture> create(wl_shm* shm, SizePx size_px, std::uint32_t stride_bytes,
                                   std::uint32_t wl_shm_format);
  ShmPicture(ShmPicture&& other) noexcept { swap(other); }
  ShmPicture& operator=(ShmPicture&& other) noexcept {
    swap(other);
    return *this;
  }
  ~ShmPicture();

  wl_buffer* handle() const noexcept { return handle_; }
  const std::byte* pixels() const noexcept { return pixels_; }

 private:
  void swap(ShmPicture& other) noexcept;

  wl_buffer* handle_ = nullptr;
  std::byte* pixels_ = nullptr;
  std::size_t size_bytes_ = 0;
};

}  // namespace pf::capture::wlr
