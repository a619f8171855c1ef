// Which packet numbers were seen already (docs/protocol/punktfunk1.md section 10.2; the idea is RFC
// 4303, 3.4.3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pf::crypto {

class ReplayWindow {
 public:
  // More than a second of packets at 1 Gbit/s.
  static constexpr std::uint64_t kPackets = 131072;

  // Call only with the number of an authentic packet. True: new, now remembered. False: seen
  // before, or kPackets or more behind the newest. The first may have any number.
  [[nodiscard]] bool accept(std::uint64_t number) noexcept;

  // The highest accepted, to which shortened numbers are expanded. Empty before the first.
  std::optional<std::uint64_t> newest() const noexcept { return newest_; }

 private:
  static constexpr std::uint64_t kWordBits = 64;
  void forget(std::uint64_t first, std::uint64_t last) noexcept;

  std::optional<std::uint64_t> newest_;
  std::array<std::uint64_t, kPackets / kWordBits> seen_{};  // bit number % kPackets
};

}  // namespace pf::crypto
