#include "core/video/frame_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/base/check.h"

namespace pf::video {

FrameMemory::FrameMemory(std::size_t bytes)
    : capacity_bytes_(rounded(bytes)),
      memory_(static_cast<std::byte*>(std::aligned_alloc(kAlignBytes, capacity_bytes_)),
              std::free) {
  PF_CHECK(memory_ != nullptr);
  pieces_.reserve(kMaxExtents);
}

FrameMemory::Extent FrameMemory::take(std::size_t bytes) noexcept {
  const std::size_t wanted = rounded(std::max<std::size_t>(bytes, 1));
  if (pieces_.size() == kMaxExtents || wanted > capacity_bytes_ - used_bytes_) return {};
  std::size_t begin = 0;
  auto next = pieces_.begin();
  while (next != pieces_.end() && next->begin - begin < wanted) begin = (next++)->end;
  if (next == pieces_.end() && capacity_bytes_ - begin < wanted) return {};
  pieces_.insert(next, {begin, begin + wanted});
  used_bytes_ += wanted;
  return {.begin = memory_.get() + begin, .bytes = wanted};
}

std::vector<FrameMemory::Piece>::iterator FrameMemory::find(const Extent& extent) noexcept {
  const auto begin = static_cast<std::size_t>(extent.begin - memory_.get());
  const auto piece =
      std::lower_bound(pieces_.begin(), pieces_.end(), begin,
                       [](const Piece& other, std::size_t at) { return other.begin < at; });
  PF_CHECK(piece != pieces_.end() && piece->begin == begin);
  return piece;
}

void FrameMemory::give_back(Extent& extent) noexcept {
  if (!extent) return;
  pieces_.erase(find(extent));
  used_bytes_ -= extent.bytes;
  extent = {};
}

bool FrameMemory::grow(Extent& extent, std::size_t bytes) noexcept {
  if (bytes <= extent.bytes) return true;
  if (!extent) return static_cast<bool>(extent = take(bytes));
  const auto piece = find(extent);
  const std::size_t wanted = rounded(bytes);
  const std::size_t limit = piece + 1 == pieces_.end() ? capacity_bytes_ : (piece + 1)->begin;
  if (limit - piece->begin >= wanted) {
    piece->end = piece->begin + wanted;
    used_bytes_ += wanted - extent.bytes;
    extent.bytes = wanted;
    return true;
  }
  const Extent larger = take(bytes);
  if (!larger) return false;
  std::memcpy(larger.begin, extent.begin, extent.bytes);
  give_back(extent);
  extent = larger;
  return true;
}

}  // namespace pf::video
