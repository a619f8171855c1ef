// GameStream's audio code: 4 packets give 2 parity packets, over GF(2^8) with a matrix of its own
// that no rule yields. Any two lost packets of the six come back.
#pragma once

#include <vector>

#include "core/fec/fec_codec.h"
#include "core/fec/fec_kernels.h"

namespace pf::fec {

class AudioCodec final : public FecCodec {
 public:
  static constexpr std::uint16_t kDataCount = 4;
  static constexpr std::uint16_t kParityCount = 2;

  explicit AudioCodec(const FecKernels& kernels = best_gf8_kernels()) : kernels_(kernels) {}

  // Exactly 4 + 2; shards may have any length.
  bool supports(const ShardBlock& block) const noexcept override;
  void encode(const ShardBlock& block) noexcept override;
  [[nodiscard]] bool recover(const ShardBlock& block,
                             std::span<const std::uint8_t> present) noexcept override;

 private:
  const FecKernels& kernels_;
};

}  // namespace pf::fec
