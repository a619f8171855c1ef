// The number of an access unit within a session: 0, 1, 2, … without gaps. The wire carries its low
// 32 bits.
#pragma once

#include <cstdint>

namespace pf {

enum class FrameId : std::uint64_t {};

constexpr std::uint64_t value(FrameId id) noexcept { return static_cast<std::uint64_t>(id); }
constexpr FrameId next(FrameId id) noexcept { return FrameId{value(id) + 1}; }

struct FrameRange {  // both ends included
  FrameId first{};
  FrameId last{};
};

}  // namespace pf
