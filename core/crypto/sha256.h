// SHA-256 (FIPS 180-4), as fingerprints need it.
#pragma once

#include <array>
#include <cstddef>

#include "core/base/bytes.h"

namespace pf::crypto {

using Sha256 = std::array<std::byte, 32>;

Sha256 sha256(Bytes bytes) noexcept;

}  // namespace pf::crypto
