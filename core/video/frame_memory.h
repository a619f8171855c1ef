// Where frames are put together: one reservation, made when the session starts, out of which
// extents of any size are taken and given back. What a peer can make us hold is bounded by it.
//
// The lowest place that fits is taken, so that only as much memory is ever touched as was needed at
// once. Extents are few (a frame has one to four), so a sorted list does. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace pf::video {

class FrameMemory {
 public:
  struct Extent {
    std::byte* begin = nullptr;
    std::size_t bytes = 0;
    explicit operator bool() const noexcept { return begin != nullptr; }
  };

  // Two windows of 64 frames, each with blocks; a peer that cuts frames into more pieces meets this
  // bound first.
  static constexpr std::size_t kMaxExtents = 4096;

  explicit FrameMemory(std::size_t bytes);

  // An empty extent: no place. Nothing is initialised.
  Extent take(std::size_t bytes) noexcept;
  void give_back(Extent& extent) noexcept;  // and empties it; an empty one is fine

  // At least `bytes` in `extent`, with what was in it, though perhaps elsewhere. False: no place;
  // unchanged then.
  [[nodiscard]] bool grow(Extent& extent, std::size_t bytes) noexcept;

  std::size_t used_bytes() const noexcept { return used_bytes_; }
  std::size_t capacity_bytes() const noexcept { return capacity_bytes_; }

 private:
  static constexpr std::size_t kAlignBytes = 64;
  static std::size_t rounded(std::size_t bytes) noexcept {
    return (bytes + kAlignBytes - 1) / kAlignBytes * kAlignBytes;
  }
  struct Piece {
    std::size_t begin;
    std::size_t end;
  };
  std::vector<Piece>::iterator find(const Extent& extent) noexcept;

  const std::size_t capacity_bytes_;
  std::unique_ptr<std::byte[], void (*)(void*)> memory_;
  std::vector<Piece> pieces_;  // taken, by position
  std::size_t used_bytes_ = 0;
};

}  // namespace pf::video
