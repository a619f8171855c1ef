// Buffers shared with the compositor: a few of one size in one memfd.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include <wayland-client.h>

#include "core/base/result.h"
#include "pattern/canvas.h"

namespace pf::pattern_client {

struct ShmBuffer {
  wl_buffer* handle = nullptr;
  pattern::Canvas canvas;
  bool busy = false;  // the compositor may read it
};

// One thread. The addresses of its buffers stay, so it does not move.
class ShmBuffers {
 public:
  // Three: one on the screen, one that the compositor is about to show, one to draw into.
  static constexpr std::size_t kCount = 3;

  static Result<std::unique_ptr<ShmBuffers>> make(wl_shm& shm, SizePx size);
  ~ShmBuffers();
  ShmBuffers(const ShmBuffers&) = delete;
  ShmBuffers& operator=(const ShmBuffers&) = delete;

  ShmBuffer* free_one() noexcept;  // null: all are with the compositor
  std::array<ShmBuffer, kCount>& all() noexcept { return buffers_; }
  SizePx size_px() const noexcept { return buffers_[0].canvas.size_px; }

 private:
  ShmBuffers(void* memory, std::size_t bytes) noexcept : memory_(memory), bytes_(bytes) {}

  void* memory_;
  std::size_t bytes_;
  std::array<ShmBuffer, kCount> buffers_;
};

}  // namespace pf::pattern_client
