#include "tools/pattern/shm_buffers.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "core/runtime/unique_fd.h"

namespace pf::pattern_client {
namespace {

void on_release(void* buffer, wl_buffer*) { static_cast<ShmBuffer*>(buffer)->busy = false; }
constexpr wl_buffer_listener kListener{on_release};

}  // namespace

Result<std::unique_ptr<ShmBuffers>> ShmBuffers::make(wl_shm& shm, SizePx size) {
  const std::size_t stride = std::size_t{size.width} * 4;
  const std::size_t buffer_bytes = stride * size.height;
  const std::size_t all_bytes = buffer_bytes * kCount;
  // wl_shm counts in signed 32 bits.
  if (all_bytes > 0x7FFFFFFF) {
    return fail(ErrorKind::exhausted, "{} buffers of {}x{} do not fit into one wl_shm pool", kCount,
                size.width, size.height);
  }
  const UniqueFd fd(memfd_create("punktfunk-pattern", MFD_CLOEXEC));
  if (!fd || ftruncate(fd.get(), static_cast<off_t>(all_bytes)) != 0) {
    return fail_os(ErrorKind::exhausted, errno, "no memory for the picture");
  }
  void* const memory = mmap(nullptr, all_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (memory == MAP_FAILED)
    return fail_os(ErrorKind::exhausted, errno, "no memory for the picture");

  std::unique_ptr<ShmBuffers> buffers(new ShmBuffers(memory, all_bytes));
  wl_shm_pool* const pool =
      wl_shm_create_pool(&shm, fd.get(), static_cast<std::int32_t>(all_bytes));
  for (std::size_t i = 0; i < kCount; ++i) {
    ShmBuffer& buffer = buffers->buffers_[i];
    buffer.canvas = {static_cast<std::byte*>(memory) + i * buffer_bytes, size,
                     static_cast<std::uint32_t>(stride)};
    buffer.handle = wl_shm_pool_create_buffer(
        pool, static_cast<std::int32_t>(i * buffer_bytes), static_cast<std::int32_t>(size.width),
        static_cast<std::int32_t>(size.height), static_cast<std::int32_t>(stride),
        WL_SHM_FORMAT_XRGB8888);
    wl_buffer_add_listener(buffer.handle, &kListener, &buffer);
  }
  wl_shm_pool_destroy(pool);
  return buffers;
}

ShmBuffers::~ShmBuffers() {
  for (const ShmBuffer& buffer : buffers_) {
    if (buffer.handle != nullptr) wl_buffer_destroy(buffer.handle);
  }
  munmap(memory_, bytes_);
}

ShmBuffer* ShmBuffers::free_one() noexcept {
  for (ShmBuffer& buffer : buffers_) {
    if (!buffer.busy) return &buffer;
  }
  return nullptr;
}

}  // namespace pf::pattern_client
