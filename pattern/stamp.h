// What a coded picture says of itself: 96 bits, shown twice as black and white blocks.
//
//   | frame number, 32 | drawn at, µs, 48 | CRC-16 of the 80 bits before it |   each most
//   significant bit first
//
// The CRC (CCITT polynomial 0x1021, start 0xFFFF) lets one band of noise in 65536 pass; a picture
// without the code has two of them.
#pragma once

#include <bitset>
#include <optional>

#include "core/base/time.h"
#include "pattern/layout.h"

namespace pf::pattern {

struct Stamp {
  std::uint32_t frame_number = 0;
  // CLOCK_MONOTONIC of the machine that drew, in whole microseconds: 48 bits last for nine years of
  // uptime.
  Nanos drawn_at{0};
  auto operator<=>(const Stamp&) const = default;
};

using StampBits = std::bitset<kBandBits>;  // bit 0 is the first block

StampBits write_stamp(const Stamp& stamp) noexcept;
std::optional<Stamp> parse_stamp(const StampBits& bits) noexcept;  // empty: the check bits disagree

}  // namespace pf::pattern
