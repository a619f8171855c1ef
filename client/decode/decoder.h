// A video decoder of the client: one access unit in, one picture out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/base/display_mode.h"
#include "core/base/frame_id.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace pf::decode {

// Planes of 8-bit 4:2:0 in the stream's own matrix and range; borrowed until the next call on the
// decoder.
struct DecodedPicture {
  SizePx size_px;
  const std::uint8_t* planes[3] = {};  // Y, U, V
  std::uint32_t stride_bytes[3] = {};
  FrameId id{};
  std::uint8_t matrix = 1;  // H.273
  bool full_range = false;
};

// One thread.
class Decoder {
 public:
  virtual ~Decoder() = default;
  // Decodes one whole access unit (Annex B). Empty: it gave no picture (a missing reference,
  // damage).
  virtual Result<std::optional<DecodedPicture>> decode(std::span<const std::byte> access_unit,
                                                       FrameId id) = 0;
};

}  // namespace pf::decode
