// How an access unit becomes shards and blocks (docs/protocol/punktfunk1.md section 11.1). Both
// ends and the tests compute with these functions; nothing here touches a byte.
#pragma once

#include <cstdint>

namespace pf::video {

inline constexpr std::uint8_t kMaxFecPercent = 90;

// What a session agreed on.
struct BlockRules {
  std::uint16_t max_data_count = 4096;    // D: data shards of a block
  std::uint8_t agreed_percent = 10;       // of the Welcome; bounds the parity of full blocks
  std::uint16_t max_shard_count = 65535;  // C: what the code's field allows, 255 or 65535
};

// Parity shards of a block of `data_count`, before any bound: rounded up, 0 only at 0 percent.
constexpr std::uint32_t parity_for(std::uint32_t data_count, std::uint8_t percent) noexcept {
  return (data_count * percent + 99) / 100;
}

struct BlockShape {
  std::uint32_t base_shard = 0;    // counted from the start of the access unit
  std::uint32_t first_parity = 0;  // of its parity among all parity of the frame
  std::uint16_t data_count = 0;
  std::uint16_t parity_count = 0;

  bool operator==(const BlockShape&) const = default;
};

class FrameGeometry {
 public:
  FrameGeometry() = default;
  // `percent` is the one in force now, 0 … kMaxFecPercent. An empty access unit has one shard of
  // zeros.
  FrameGeometry(std::uint32_t frame_bytes, std::uint16_t shard_bytes, const BlockRules& rules,
                std::uint8_t percent) noexcept;

  std::uint32_t frame_bytes() const noexcept { return frame_bytes_; }
  std::uint16_t shard_bytes() const noexcept { return shard_bytes_; }
  std::uint32_t data_count() const noexcept { return data_count_; }      // of all blocks
  std::uint32_t parity_count() const noexcept { return parity_count_; }  // of all blocks
  std::uint32_t packet_count() const noexcept { return data_count_ + parity_count_; }
  std::uint16_t block_count() const noexcept { return block_count_; }
  BlockShape block(std::uint16_t index) const noexcept;

 private:
  std::uint32_t frame_bytes_ = 0;
  std::uint32_t data_count_ = 0;
  std::uint32_t parity_count_ = 0;
  std::uint16_t shard_bytes_ = 0;
  std::uint16_t block_count_ = 0;
  std::uint16_t full_data_count_ = 0;  // of every block but the last
  std::uint16_t full_parity_count_ = 0;
  std::uint16_t last_parity_count_ = 0;
};

}  // namespace pf::video
