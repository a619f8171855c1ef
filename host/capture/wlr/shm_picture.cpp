#include "host/capture/wlr/shm_picture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <wayland-client.h>

#include <utility>

#include "core/runtime/unique_fd.h"

namespace pf::capture::wlr {

Result<ShmPicture> ShmPicture::create(wl_shm* shm, SizePx size_px, std::uint32_t stride_bytes,
                                      std::uint32_t wl_shm_format) {
  ShmPicture picture;
  const std::size_t size_bytes = std::size_t{stride_bytes} * size_px.height;
  const UniqueFd fd(memfd_create("punktfunk-screencopy", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd || ftruncate(fd.get(), static_cast<off_t>(size_bytes)) != 0)
    return fail_os(ErrorKind::exhausted, errno, "no memory for a captured picture");
  // Else the compositor could end us by shrinking it.
  fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL);
  void* pixels = mmap(nullptr, size_bytes, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (pixels == MAP_FAILED)
    return fail_os(ErrorKind::exhausted, errno, "cannot map a captured picture");
  picture.pixels_ = static_cast<std::byte*>(pixels);
  picture.size_bytes_ = size_bytes;
  wl_shm_pool* pool = wl_shm_create_pool(shm, fd.get(), static_cast<std::int32_t>(size_bytes));
  picture.handle_ = wl_shm_pool_create_buffer(
      pool, 0, static_cast<std::int32_t>(size_px.width), static_cast<std::int32_t>(size_px.height),
      static_cast<std::int32_t>(stride_bytes), wl_shm_format);
  wl_shm_pool_destroy(pool);
  return picture;
}

ShmPicture::~ShmPicture() {
  if (handle_ != nullptr) wl_buffer_destroy(handle_);
  if (pixels_ != nullptr) munmap(pixels_, size_bytes_);
}

void ShmPicture::swap(ShmPicture& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(pixels_, other.pixels_);
  std::swap(size_bytes_, other.size_bytes_);
}

}  // namespace pf::capture::wlr
