// For the tests of the codecs: a block with its own memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "core/base/rng.h"
#include "core/fec/fec_codec.h"
#include "core/fec/fec_kernels.h"

namespace pf::fec {

// A block with its own memory and a gap after every shard, as packets have.
struct TestBlock {
  TestBlock(std::uint32_t k, std::uint32_t m, std::uint32_t shard_bytes, std::size_t gap_bytes = 6)
      : memory((k + m) * (shard_bytes + gap_bytes), std::byte{0xEE}) {
    block = {.data = memory.data(),
             .parity = memory.data() + k * (shard_bytes + gap_bytes),
             .stride = shard_bytes + gap_bytes,
             .shard_bytes = shard_bytes,
             .data_count = static_cast<std::uint16_t>(k),
             .parity_count = static_cast<std::uint16_t>(m)};
  }
  void fill(Rng& rng) {
    for (std::uint32_t i = 0; i < block.data_count; ++i)
      rng.fill({block.data_shard(i), block.shard_bytes});
  }
  // Shard `index` of all k + m is gone, its bytes with it.
  void lose(std::size_t index, std::vector<std::uint8_t>& present) {
    present[index] = 0;
    std::byte* const shard = index < block.data_count
                                 ? block.data_shard(index)
                                 : block.parity_shard(index - block.data_count);
    std::fill_n(shard, block.shard_bytes, std::byte{0x55});
  }
  std::vector<std::byte> parity(std::uint32_t j) const {
    return {block.parity_shard(j), block.parity_shard(j) + block.shard_bytes};
  }
  std::vector<std::byte> memory;
  ShardBlock block;
};

// Memory at a cache line, of exactly so many bytes.
class AlignedBytes {
 public:
  explicit AlignedBytes(std::size_t bytes)
      : memory_(static_cast<std::byte*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64)),
                std::free) {}
  std::byte* begin() const { return memory_.get(); }

 private:
  std::unique_ptr<std::byte, void (*)(void*)> memory_;
};

inline std::vector<const FecKernels*> those_that_run_here(std::span<const FecKernels* const> all) {
  std::vector<const FecKernels*> found;
  for (const FecKernels* kernels : all) {
    if (kernels->runs_here()) found.push_back(kernels);
  }
  return found;
}

}  // namespace pf::fec
