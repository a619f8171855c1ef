// A decoder that knows which picture it holds and what every byte of an access unit must be.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/frame_id.h"
#include "sim/access_unit.h"

namespace pf::sim {

enum class Decoded : std::uint8_t {
  good,
  wrong_bytes,        // not what the encoder made, or under another number
  missing_reference,  // refers to a picture that this decoder did not decode last
};

class FakeDecoder {
 public:
  explicit FakeDecoder(std::uint64_t seed) : seed_(seed) {}

  // `id` is what the receiver takes the access unit for.
  Decoded decode(FrameId id, Bytes access_unit);

 private:
  std::uint64_t seed_;
  std::optional<FrameId> held_;  // none: nothing yet, or what it holds is broken
};

}  // namespace pf::sim
