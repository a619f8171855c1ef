// How a frame's packets are split into FEC blocks (docs/protocol/gamestream.md section 9.4). The
// client computes the number of parity packets back from the percentage in each header, so both are
// decided together, here.
#pragma once

#include <cstdint>
#include <optional>

namespace pf::gamestream {

inline constexpr std::uint32_t kMaxBlocks = 4;             // two bits of the header
inline constexpr std::uint32_t kMaxBlockPackets = 1023;    // ten bits
inline constexpr std::uint32_t kMaxProtectedShards = 255;  // what the code's field has room for

struct BlockShape {
  std::uint16_t data_count = 0;
  std::uint16_t parity_count = 0;
  std::uint8_t percent = 0;  // as written into the block's headers
};

class FrameBlocks {
 public:
  // `packets` of data, at least 1; `percent` of parity, 0 … 255, but at least `min_parity` packets
  // of it in a block. A frame for more than four protected blocks goes without parity. Empty: even
  // so it has more packets than the headers can count.
  static std::optional<FrameBlocks> of(std::uint32_t packets, std::uint32_t percent,
                                       std::uint32_t min_parity) noexcept;

  std::uint32_t count() const noexcept { return count_; }
  BlockShape shape(std::uint32_t block) const noexcept;

 private:
  std::uint32_t packets_ = 0;
  std::uint32_t per_block_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t percent_ = 0;
  std::uint32_t min_parity_ = 0;
};

}  // namespace pf::gamestream
