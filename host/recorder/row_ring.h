// A ring of plain rows: one thread writes, without ever waiting, and any thread reads what is still
// there. Made for the frame path: adding a row is some twenty stores, with no lock, no allocation
// and no reader that could delay it.
//
// A reader copies a row and looks afterwards whether it was overwritten meanwhile (a sequence lock
// for each row: Boehm, "Can seqlocks get along with programming language memory models?", MSPC
// 2012). The words of a row are stored with release and loaded with acquire order instead of behind
// fences, which costs nothing on x86 and which the thread sanitizer understands.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#include "core/base/check.h"

namespace pf::recorder {

template <class Row>
class RowRing {
  static_assert(std::is_trivially_copyable_v<Row> && sizeof(Row) % sizeof(std::uint64_t) == 0);

 public:
  // A minute at the highest rate of a screen, 480 Hz, and some more; nine minutes at 60 Hz.
  static constexpr std::size_t kMaxRows = 32'768;

  // Memory that nothing was written to yet is not taken from the machine.
  RowRing() : words_(static_cast<Word*>(std::calloc(kMaxRows * kSlotWords, sizeof(Word)))) {
    PF_CHECK(words_ != nullptr);
  }

  // The one writer.
  void add(const Row& row) noexcept {
    const std::uint64_t number = added_.load(std::memory_order_relaxed);
    Word* const slot = slot_of(number);
    std::array<Word, kRowWords> copy;
    std::memcpy(copy.data(), &row, sizeof row);
    at(slot[0]).store(2 * number + 1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < kRowWords; ++i)
      at(slot[1 + i]).store(copy[i], std::memory_order_release);
    at(slot[0]).store(2 * number + 2, std::memory_order_release);
    added_.store(number + 1, std::memory_order_release);
  }

  // Any thread. How many were ever added.
  std::uint64_t added() const noexcept { return added_.load(std::memory_order_acquire); }

  // Any thread. Oldest first, from row number `first` on; what the writer overtakes is left out.
  std::vector<Row> rows(std::uint64_t first = 0) const { return rows(first, added()); }
  // The same up to `end`, which added() has told: who comes back for the rest misses none.
  std::vector<Row> rows(std::uint64_t first, std::uint64_t end) const {
    const std::uint64_t oldest = end > kMaxRows ? end - kMaxRows : 0;
    std::vector<Row> all;
    if (first >= end) return all;
    all.reserve(end - std::max(first, oldest));
    for (std::uint64_t number = std::max(first, oldest); number < end; ++number) {
      Row row;
      if (read(number, row)) all.push_back(row);
    }
    return all;
  }

  // Any thread. The newest for which `wanted` holds, up to the first for which it does not; oldest
  // first.
  template <class Wanted>
  std::vector<Row> newest(Wanted wanted) const {
    const std::uint64_t end = added();
    const std::uint64_t oldest = end > kMaxRows ? end - kMaxRows : 0;
    std::vector<Row> all;
    for (std::uint64_t number = end; number > oldest; --number) {
      Row row;
      if (!read(number - 1, row) || !wanted(row)) break;
      all.push_back(row);
    }
    std::reverse(all.begin(), all.end());
    return all;
  }

 private:
  using Word = std::uint64_t;
  static constexpr std::size_t kRowWords = sizeof(Row) / sizeof(Word);
  static constexpr std::size_t kSlotWords = 1 + kRowWords;  // the row's number comes first
  struct Free {
    void operator()(Word* memory) const noexcept { std::free(memory); }
  };

  static std::atomic_ref<Word> at(Word& word) noexcept { return std::atomic_ref<Word>(word); }
  Word* slot_of(std::uint64_t number) const noexcept {
    return words_.get() + number % kMaxRows * kSlotWords;
  }
  bool read(std::uint64_t number, Row& row) const noexcept {
    Word* const slot = slot_of(number);
    if (at(slot[0]).load(std::memory_order_acquire) != 2 * number + 2) return false;
    std::array<Word, kRowWords> copy;
    for (std::size_t i = 0; i < kRowWords; ++i)
      copy[i] = at(slot[1 + i]).load(std::memory_order_acquire);
    if (at(slot[0]).load(std::memory_order_relaxed) != 2 * number + 2) return false;
    std::memcpy(static_cast<void*>(&row), copy.data(), sizeof row);
    return true;
  }

  const std::unique_ptr<Word[], Free> words_;
  std::atomic<std::uint64_t> added_{0};
};

}  // namespace pf::recorder
