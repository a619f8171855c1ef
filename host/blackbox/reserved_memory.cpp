#include "host/blackbox/reserved_memory.h"

#include <sys/mman.h>

namespace pf::blackbox {

ReservedMemory::ReservedMemory(std::size_t bytes) noexcept {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory != MAP_FAILED) bytes_ = {static_cast<std::byte*>(memory), bytes};
}

ReservedMemory::~ReservedMemory() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

}  // namespace pf::blackbox
