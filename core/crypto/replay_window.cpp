#include "core/crypto/replay_window.h"

namespace pf::crypto {

bool ReplayWindow::accept(std::uint64_t number) noexcept {
  std::uint64_t& word = seen_[number % kPackets / kWordBits];
  const std::uint64_t bit = std::uint64_t{1} << number % kWordBits;
  if (!newest_ || number > *newest_) {
    if (newest_) forget(*newest_ + 1, number);
    newest_ = number;
    word |= bit;
    return true;
  }
  if (*newest_ - number >= kPackets || (word & bit) != 0) return false;
  word |= bit;
  return true;
}

// The bits of first … last held numbers that have left the window.
void ReplayWindow::forget(std::uint64_t first, std::uint64_t last) noexcept {
  if (last - first >= kPackets - 1) {
    seen_.fill(0);
    return;
  }
  for (std::uint64_t number = first;; ++number) {
    std::uint64_t& word = seen_[number % kPackets / kWordBits];
    if (number % kWordBits == 0 && last - number >= kWordBits - 1) {
      word = 0;
      number += kWordBits - 1;
    } else {
      word &= ~(std::uint64_t{1} << number % kWordBits);
    }
    if (number == last) return;
  }
}

}  // namespace pf::crypto
