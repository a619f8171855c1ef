// The NAL units of an H.264 byte stream (ITU-T H.264 annex B).
//
//   | 00 00 01 | NAL unit | 00 00 00 01 | NAL unit | …      type = low 5 bits of a unit's first
//   byte
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"

namespace pf::video {

inline constexpr std::uint8_t kNalIdrSlice = 5;
inline constexpr std::uint8_t kNalSps = 7;
inline constexpr std::uint8_t kNalPps = 8;

struct NalUnit {
  std::uint8_t type = 0;
  Bytes bytes;  // header byte and payload, escapes included; never empty
};

// Bytes before the first start code, and empty units, are skipped.
class NalReader {
 public:
  explicit NalReader(Bytes stream) noexcept;
  std::optional<NalUnit> next() noexcept;

 private:
  Bytes rest_;  // begins behind a start code, or is empty
};

// What a decoder needs to start with this access unit: its parameter sets, each behind a start
// code. Empty unless it holds an SPS, a PPS and an IDR slice.
std::vector<std::byte> parameter_sets_of_key_frame(Bytes access_unit);

}  // namespace pf::video
