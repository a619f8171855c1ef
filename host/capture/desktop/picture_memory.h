// The memory of one picture buffer of another process, mapped for reading.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/result.h"
#include "core/runtime/unique_fd.h"

namespace pf::capture::desktop {

class PictureMemory {
 public:
  PictureMemory() = default;  // maps nothing
  // `malformed` when `memfd` is not what was announced, or could be shrunk under us: reading a page
  // that was cut off would end this process with SIGBUS, so the shrink seal is a must.
  static Result<PictureMemory> map(UniqueFd memfd, std::uint64_t size_bytes);

  PictureMemory(PictureMemory&& other) noexcept;
  PictureMemory& operator=(PictureMemory&& other) noexcept;
  ~PictureMemory();

  const std::byte* data() const noexcept { return data_; }
  std::uint64_t size_bytes() const noexcept { return size_bytes_; }

 private:
  const std::byte* data_ = nullptr;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace pf::capture::desktop
