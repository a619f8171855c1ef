// How much of the last window was lost, as the loss report says it. Source:
// docs/protocol/punktfunk1.md section 6.2.
#pragma once

#include <cstdint>

namespace pf::control {

// Counted since the session began, by whoever puts packets together. All of them only grow.
struct ReceptionTotals {
  std::uint64_t received = 0;        // shards
  std::uint64_t recovered = 0;       // data shards rebuilt by error correction
  std::uint64_t late = 0;            // arrived after they had been rebuilt
  std::uint64_t frames_dropped = 0;  // begun and never completed
};

// Lost packets for a million, of what lies between the two counts. A dropped frame adds 50 000,
// because its missing shards were never counted as rebuilt.
std::uint32_t loss_ppm(const ReceptionTotals& before, const ReceptionTotals& now) noexcept;

}  // namespace pf::control
