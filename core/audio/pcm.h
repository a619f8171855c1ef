// Samples as plain numbers: what 0xD3 carries. Little-endian, signed, 16 bits or 24 in three bytes,
// full scale ±32767 or ±8388607. Source: docs/protocol/punktfunk1.md sections 9.4, 15.3.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/bytes.h"

namespace pf::audio {

// `bits` is 16 or 24. Values beyond ±1 are clipped, NaN is silence. Gives the part of `room` that
// was written; empty: `room` is too small.
Bytes write_pcm(std::span<const float> samples, std::uint8_t bits, MutableBytes room) noexcept;

// The way back. Gives how many samples there were; they must fit into `samples`, the rest is left
// out. A torn last sample is ignored.
std::size_t read_pcm(Bytes bytes, std::uint8_t bits, std::span<float> samples) noexcept;

}  // namespace pf::audio
