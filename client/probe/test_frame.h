// The access units of a test stream: what a host sends that names a number of frames in its
// Welcome, instead of pictures (docs/protocol/punktfunk1.md section 5.3). Nothing decodes them, but
// every byte is known.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.h"

namespace pf::probe {

// The number of the frame. Empty: some byte is not what it should be.
std::optional<std::uint32_t> read_test_frame(Bytes access_unit) noexcept;

}  // namespace pf::probe
