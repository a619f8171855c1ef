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
  // CLOCK_REALTIME of the machine that drew, since that is the time line a host's stamps lie on, in
  // whole microseconds. The picture has room for its low 48 bits, which wrap after nine years: see
  // full_time().
  Nanos drawn_at{0};
  auto operator<=>(const Stamp&) const = default;
};

using StampBits = std::bitset<kBandBits>;  // bit 0 is the first block

StampBits write_stamp(const Stamp& stamp) noexcept;
std::optional<Stamp> parse_stamp(const StampBits& bits) noexcept;  // empty: the check bits disagree

// What was cut off `drawn_at` on its way through the picture, restored from any time within four
// years.
Nanos full_time(Nanos drawn_at, Nanos near) noexcept;

}  // namespace pf::pattern
