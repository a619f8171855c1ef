// Objects that other languages hold by number. A number says which slot and which generation of it,
// so one that was closed is told from one that lives, however often its slot was used since.
//
// Any thread may do anything: looking up is one atomic addition. An object that is closed while
// others use it dies when the last of them is done.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/check.h"

namespace pf::abi {

enum class HandleFault : std::uint8_t {
  unknown,  // no such number was ever given out
  closed,
};

template <class T>
class HandleTable {
 public:
  static constexpr std::uint32_t kIndexBits = 10;
  static constexpr std::uint32_t kMaxObjects = 1u << kIndexBits;  // a process serves a few

  class Use;  // an object that does not die as long as this lives

  HandleTable() {
    for (std::uint32_t i = kMaxObjects; i-- > 0;) free_.push_back(i);
  }

  // 0: all slots are taken.
  std::uintptr_t insert(std::unique_ptr<T> object) {
    std::lock_guard lock(mutex_);
    if (free_.empty()) return 0;
    const std::uint32_t index = free_.back();
    free_.pop_back();
    Slot& slot = slots_[index];
    const std::uint64_t generation = generation_of(slot.state.load(std::memory_order_relaxed)) + 1;
    slot.object = std::move(object);
    slot.state.store(generation << kGenerationShift | 1, std::memory_order_release);
    return static_cast<std::uintptr_t>(generation << kIndexBits | index);
  }

  // The object, or an empty Use that says why not.
  Use use(std::uintptr_t handle) noexcept {
    Slot& slot = slot_of(handle);
    std::uint64_t state = slot.state.load(std::memory_order_relaxed);
    do {
      if (const auto fault = fault_of(handle, state)) return Use(*fault);
    } while (!slot.state.compare_exchange_weak(state, state + 1, std::memory_order_acquire,
                                               std::memory_order_relaxed));
    return Use(*this, slot);
  }

  // False: it was closed or never open.
  bool close(std::uintptr_t handle) noexcept {
    Slot& slot = slot_of(handle);
    std::uint64_t state = slot.state.load(std::memory_order_relaxed);
    do {
      if (fault_of(handle, state)) return false;
    } while (!slot.state.compare_exchange_weak(state, state | kClosed, std::memory_order_acq_rel,
                                               std::memory_order_relaxed));
    release(slot);  // the owner's use
    return true;
  }

 private:
  // generation · closed (1 bit) · users (31 bits; the owner is one)
  static constexpr unsigned kGenerationShift = 32;
  static constexpr std::uint64_t kClosed = std::uint64_t{1} << 31;
  static constexpr std::uint64_t kUsers = kClosed - 1;

  struct Slot {
    std::atomic<std::uint64_t> state{kClosed};
    std::unique_ptr<T> object;
  };

  static std::uint64_t generation_of(std::uint64_t state) noexcept {
    return state >> kGenerationShift;
  }
  Slot& slot_of(std::uintptr_t handle) noexcept { return slots_[handle % kMaxObjects]; }

  static const HandleFault* fault_of(std::uintptr_t handle, std::uint64_t state) noexcept {
    static constexpr HandleFault kUnknown = HandleFault::unknown, kGone = HandleFault::closed;
    const std::uint64_t generation = handle >> kIndexBits;
    if (generation == 0 || generation > generation_of(state)) return &kUnknown;
    if (generation < generation_of(state) || (state & kClosed) != 0) return &kGone;
    return nullptr;
  }

  void release(Slot& slot) noexcept {
    const std::uint64_t before = slot.state.fetch_sub(1, std::memory_order_acq_rel);
    if ((before & kClosed) == 0 || (before & kUsers) != 1) return;
    slot.object.reset();
    std::lock_guard lock(mutex_);
    free_.push_back(static_cast<std::uint32_t>(&slot - slots_.data()));
  }

  std::array<Slot, kMaxObjects> slots_;
  std::mutex mutex_;
  std::vector<std::uint32_t> free_;  // its capacity is kMaxObjects from the start
};

template <class T>
class HandleTable<T>::Use {
 public:
  Use(HandleTable& table, Slot& slot) noexcept : table_(&table), slot_(&slot) {}
  explicit Use(HandleFault fault) noexcept : fault_(fault) {}
  Use(Use&& other) noexcept
      : table_(std::exchange(other.table_, nullptr)), slot_(other.slot_), fault_(other.fault_) {}
  Use& operator=(Use&&) = delete;
  ~Use() {
    if (table_ != nullptr) table_->release(*slot_);
  }

  explicit operator bool() const noexcept { return table_ != nullptr; }
  HandleFault fault() const noexcept { return fault_; }  // of an empty one
  T& operator*() const noexcept { return *slot_->object; }

 private:
  HandleTable* table_ = nullptr;
  Slot* slot_ = nullptr;
  HandleFault fault_ = HandleFault::unknown;
};

}  // namespace pf::abi
