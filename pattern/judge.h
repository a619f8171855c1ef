// Judges a stream by what its pictures say: which of the drawn frames arrived, in which order, how
// often.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>

#include "pattern/reader.h"

namespace pf::pattern {

// One thread.
class PictureJudge {
 public:
  struct Counts {
    std::uint64_t shown = 0;     // pictures judged
    std::uint64_t distinct = 0;  // frames that were seen whole at least once
    std::uint64_t repeated = 0;  // pictures of a frame seen before
    std::uint64_t lost = 0;  // numbers between the first and the last that were never seen whole
    std::uint64_t reordered = 0;   // pictures older than one seen before
    std::uint64_t torn = 0;        // pictures made of two frames; they count as nothing else
    std::uint64_t unreadable = 0;  // pictures without a code
    std::uint64_t restarts = 0;    // the drawer began anew: smaller number, later time
    std::uint32_t first_number = 0;
    std::uint32_t last_number = 0;
  };

  // In the order of decoding.
  void add(const std::optional<Reading>& reading) noexcept;
  const Counts& counts() const noexcept { return counts_; }

 private:
  // A picture later than this many frames counts as reordered only; whether it was seen is
  // forgotten.
  static constexpr std::uint32_t kWindow = 256;

  void begin(const Stamp& stamp) noexcept;
  void advance(const Stamp& stamp) noexcept;
  void look_back(const Stamp& stamp) noexcept;

  Counts counts_;
  std::bitset<kWindow> seen_;  // bit i: number newest - i
  std::optional<Stamp> newest_;
  std::uint32_t first_since_restart_ = 0;
};

}  // namespace pf::pattern
