// The way of units from the thread that makes them to the one that keeps them: bytes in a ring, one
// writer, one reader, neither of which ever waits for the other.
//
// Made for the frame path: a unit costs its copy and two atomics, no lock and no allocation. A unit
// that finds no room is left out, and the next one that does says so (UnitFacts::after_gap).
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>

#include "core/base/bytes.h"
#include "host/blackbox/reserved_memory.h"
#include "host/blackbox/unit.h"

namespace pf::blackbox {

class UnitQueue {
 public:
  // A power of two. Reserved only: a queue that nothing is put into takes no memory.
  explicit UnitQueue(std::size_t capacity_bytes);

  // --- The writer. begin(), append() as often as there are parts, commit().

  // What was begun before and not committed is forgotten.
  void begin() noexcept;
  void append(Bytes part) noexcept;
  // `facts.bytes` and `facts.after_gap` are filled in here. False: it did not fit.
  bool commit(UnitFacts facts) noexcept;

  // --- The reader.

  // Calls take(facts, first, second) for each unit that is there, the payload in two pieces of
  // which the second may be empty, both borrowed for the call.
  template <class Take>
  void drain(Take take) {
    const std::uint64_t head = head_.load(std::memory_order_acquire);
    std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    while (tail != head) {
      UnitFacts facts;
      copy_out(tail, &facts, sizeof facts);
      const std::uint64_t payload = tail + sizeof(UnitFacts);
      const std::size_t until_end = memory_.bytes().size() - at(payload);
      const std::size_t first = facts.bytes < until_end ? facts.bytes : until_end;
      const Bytes bytes = memory_.bytes();
      take(facts, bytes.subspan(at(payload), first), bytes.first(facts.bytes - first));
      tail = payload + facts.bytes;
      tail_.store(tail, std::memory_order_release);
    }
  }
  // Throws away what is there.
  void clear() noexcept {
    tail_.store(head_.load(std::memory_order_acquire), std::memory_order_release);
  }

 private:
  static_assert(std::is_trivially_copyable_v<UnitFacts>);

  std::size_t at(std::uint64_t position) const noexcept {
    return static_cast<std::size_t>(position) & (memory_.bytes().size() - 1);
  }
  void copy_in(std::uint64_t position, Bytes bytes) noexcept;
  void copy_out(std::uint64_t position, void* to, std::size_t bytes) const noexcept;

  const ReservedMemory memory_;
  // How many bytes were ever put in and taken out. On lines of their own: each is written by
  // another thread.
  alignas(64) std::atomic<std::uint64_t> head_{0};
  alignas(64) std::atomic<std::uint64_t> tail_{0};
  alignas(64) std::uint64_t payload_bytes_ = 0;  // the writer's: of the unit under way
  bool fits_ = false;
  bool gap_ = false;
};

}  // namespace pf::blackbox
