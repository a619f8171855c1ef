// What stands for a coded picture here: a number, the number of the picture it refers to, its size,
// and bytes that follow from those and the seed, so that whoever holds the seed can tell every
// wrong byte.
//
//   0          8                  16            20
//   +----------+------------------+-------------+---------------------------+
//   | id u64   | reference u64    | size u32    | pattern(seed, id, …) …    |
//   +----------+------------------+-------------+---------------------------+
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/frame_id.h"

namespace pf::sim {

struct FakePicture {
  FrameId id{};
  FrameId reference{};  // of a key frame: itself
  std::uint32_t size_bytes = 0;
  bool is_key_frame() const noexcept { return reference == id; }
};

inline constexpr std::uint32_t kFakeHeaderBytes = 20;

// Makes `bytes` those of the picture: `picture.size_bytes` of them, at least kFakeHeaderBytes.
void write_access_unit(std::uint64_t seed, const FakePicture& picture,
                       std::vector<std::byte>& bytes);

// nullopt: a byte of it, or its length, is not as written.
std::optional<FakePicture> parse_access_unit(std::uint64_t seed, Bytes access_unit);

}  // namespace pf::sim
