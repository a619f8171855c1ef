#include "host/capture/desktop/picture_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <utility>

namespace pf::capture::desktop {

Result<PictureMemory> PictureMemory::map(UniqueFd memfd, std::uint64_t size_bytes) {
  const int seals = fcntl(memfd.get(), F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0)
    return fail(ErrorKind::malformed, "the capture channel passed memory that could be shrunk");
  struct stat info {};
  if (fstat(memfd.get(), &info) != 0 || static_cast<std::uint64_t>(info.st_size) != size_bytes)
    return fail(ErrorKind::malformed, "the capture channel passed {} bytes instead of {}",
                info.st_size, size_bytes);
  void* data = mmap(nullptr, size_bytes, PROT_READ, MAP_SHARED, memfd.get(), 0);
  if (data == MAP_FAILED)
    return fail_os(ErrorKind::exhausted, errno, "cannot map a captured picture");
  PictureMemory memory;
  memory.data_ = static_cast<const std::byte*>(data);
  memory.size_bytes_ = size_bytes;
  return memory;
}

PictureMemory::PictureMemory(PictureMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_bytes_(std::exchange(other.size_bytes_, 0)) {}

PictureMemory& PictureMemory::operator=(PictureMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

PictureMemory::~PictureMemory() {
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), size_bytes_);
}

}  // namespace pf::capture::desktop
