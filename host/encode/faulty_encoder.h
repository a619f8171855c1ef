// An encoder that breaks on purpose, so that what happens then can be seen on the real host: wraps
// any other. Settings `debug.encoder_*`, which no user has a reason to touch; testing/e2e uses
// them.
#pragma once

#include <cstdint>

#include "host/encode/encoder.h"

namespace pf::encode {

struct EncoderFaults {
  std::uint32_t count = 0;              // while the process lives, of all encoders together
  std::uint32_t lifetime_pictures = 0;  // that an encoder makes before its fault
  Nanos stall{0};  // it does not return for so long, and goes on afterwards; 0: it fails for good
};

// Encoders of `backend` with these faults, which they share in the order in which they occur.
EncoderBackend with_faults(EncoderBackend backend, const EncoderFaults& faults);

}  // namespace pf::encode
