#include "core/video/packet_arena.h"

#include <cstdlib>

#include "core/base/check.h"

namespace pf::video {

PacketArena::PacketArena(std::size_t bytes)
    : capacity_bytes_(rounded(bytes)),
      memory_(static_cast<std::byte*>(std::aligned_alloc(kAlignBytes, capacity_bytes_)),
              std::free) {
  PF_CHECK(memory_ != nullptr);
}

// Where `bytes` fit in one piece: behind the newest run, or at the start when that has become free.
std::optional<std::size_t> PacketArena::place(std::size_t bytes) const noexcept {
  const std::size_t taken = taken_.load(std::memory_order_relaxed);
  const std::size_t released = released_.load(std::memory_order_acquire);
  if (taken == released)
    return bytes <= capacity_bytes_ ? std::optional<std::size_t>(0) : std::nullopt;
  if (taken - released == kMaxRuns) return std::nullopt;
  const std::size_t oldest = runs_[released % kMaxRuns].begin;
  const std::size_t newest_end = runs_[(taken - 1) % kMaxRuns].end;
  if (newest_end > oldest) {
    if (capacity_bytes_ - newest_end >= bytes) return newest_end;
    // Ends may not meet: an end equal to the oldest begin would look like an empty middle.
    return bytes < oldest ? std::optional<std::size_t>(0) : std::nullopt;
  }
  return oldest - newest_end > bytes ? std::optional(newest_end) : std::nullopt;
}

bool PacketArena::has_room(std::uint32_t count, std::uint16_t stride) const noexcept {
  return place(run_bytes(count, stride)).has_value();
}

std::optional<PacketRun> PacketArena::take(std::uint32_t count, std::uint16_t stride) noexcept {
  PF_DCHECK(count > 0 && stride > 0);
  const std::size_t bytes = run_bytes(count, stride);
  const auto begin = place(bytes);
  if (!begin) return std::nullopt;
  const std::size_t taken = taken_.load(std::memory_order_relaxed);
  runs_[taken % kMaxRuns] = {*begin, *begin + bytes};
  taken_.store(taken + 1, std::memory_order_release);
  return PacketRun{.base = memory_.get() + *begin, .count = count, .stride = stride};
}

void PacketArena::trim_newest(PacketRun& run, std::uint32_t count) noexcept {
  PF_DCHECK(count <= run.count);
  const std::size_t taken = taken_.load(std::memory_order_relaxed);
  Run& newest = runs_[(taken - 1) % kMaxRuns];
  PF_DCHECK(memory_.get() + newest.begin == run.base);
  run.count = count;
  newest.end = newest.begin + rounded(run.bytes());
  if (count == 0) taken_.store(taken - 1, std::memory_order_release);
}

void PacketArena::release_oldest() noexcept {
  const std::size_t released = released_.load(std::memory_order_relaxed);
  PF_DCHECK(taken_.load(std::memory_order_acquire) != released);
  released_.store(released + 1, std::memory_order_release);
}

}  // namespace pf::video
