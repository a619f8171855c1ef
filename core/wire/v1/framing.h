// The control stream's framing: a little-endian 16-bit length, then so many bytes. Length 0 is
// legal. Source: docs/protocol/punktfunk1.md section 4.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"

namespace pf::wire::v1 {

inline constexpr std::size_t kMaxFrameBytes = 65'535;  // what the length can say

// Takes a stream in pieces of any size and gives its frames. Holds at most one frame.
class FrameReader {
 public:
  // Takes the front of `stream`, up to the end of one frame, and returns the rest. When a frame is
  // complete it stands in frame() until the next call.
  Bytes take(Bytes stream);

  // nullopt: the frame is not complete yet.
  std::optional<Bytes> frame() const noexcept;

 private:
  std::size_t wanted_bytes() const noexcept;  // of length and payload, as far as known

  std::vector<std::byte> bytes_;
};

// Appends a length and `payload`, which has at most kMaxFrameBytes, to `stream`.
void append_frame(Bytes payload, std::vector<std::byte>& stream);

}  // namespace pf::wire::v1
