#include "host/blackbox/unit_queue.h"

#include <algorithm>
#include <limits>

#include "core/base/check.h"

namespace pf::blackbox {

UnitQueue::UnitQueue(std::size_t capacity_bytes) : memory_(capacity_bytes) {
  PF_CHECK(capacity_bytes != 0 && (capacity_bytes & (capacity_bytes - 1)) == 0);
}

void UnitQueue::begin() noexcept {
  payload_bytes_ = 0;
  fits_ = !memory_.empty();
}

void UnitQueue::append(Bytes part) noexcept {
  if (!fits_ || part.empty()) return;
  const std::uint64_t head = head_.load(std::memory_order_relaxed);
  const std::uint64_t used = head - tail_.load(std::memory_order_acquire);
  const std::uint64_t wanted = used + sizeof(UnitFacts) + payload_bytes_ + part.size();
  if (wanted > memory_.bytes().size()) {
    fits_ = false;
    return;
  }
  copy_in(head + sizeof(UnitFacts) + payload_bytes_, part);
  payload_bytes_ += part.size();
}

bool UnitQueue::commit(UnitFacts facts) noexcept {
  if (!fits_ || payload_bytes_ == 0) {
    gap_ = true;
    return false;
  }
  fits_ = false;  // the next one begins anew
  facts.bytes = static_cast<std::uint32_t>(payload_bytes_);
  facts.after_gap = gap_;
  gap_ = false;
  const std::uint64_t head = head_.load(std::memory_order_relaxed);
  copy_in(head, {reinterpret_cast<const std::byte*>(&facts), sizeof facts});
  head_.store(head + sizeof facts + payload_bytes_, std::memory_order_release);
  return true;
}

void UnitQueue::copy_in(std::uint64_t position, Bytes bytes) noexcept {
  std::byte* const memory = memory_.bytes().data();
  const std::size_t first = std::min(bytes.size(), memory_.bytes().size() - at(position));
  std::memcpy(memory + at(position), bytes.data(), first);
  if (first < bytes.size()) std::memcpy(memory, bytes.data() + first, bytes.size() - first);
}

void UnitQueue::copy_out(std::uint64_t position, void* to, std::size_t bytes) const noexcept {
  const std::byte* const memory = memory_.bytes().data();
  const std::size_t first = std::min(bytes, memory_.bytes().size() - at(position));
  std::memcpy(to, memory + at(position), first);
  if (first < bytes) std::memcpy(static_cast<std::byte*>(to) + first, memory, bytes - first);
}

}  // namespace pf::blackbox
