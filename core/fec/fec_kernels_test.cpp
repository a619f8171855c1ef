// Every kernel answers to the reference, on shapes as crooked as they come.
#include "core/fec/fec_kernels.h"

#include <cstdio>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/fec/gf16_codec.h"
#include "core/fec/gf8_codec.h"
#include "core/fec/test_block.h"

namespace pf::fec {
namespace {

// Parity, then what comes back after losing data, of the same random block and losses.
template <class MakeCodec>
std::vector<std::byte> outcome(std::uint64_t seed, bool bytes_even, std::uint32_t most_shards,
                               MakeCodec make_codec) {
  SeededRng rng(seed);
  const auto k = static_cast<std::uint32_t>(1 + rng.below(most_shards - 1));
  const auto m = static_cast<std::uint32_t>(1 + rng.below(most_shards - k));
  auto shard_bytes = static_cast<std::uint32_t>(2 + rng.below(1500));
  if (bytes_even) shard_bytes &= ~1u;
  TestBlock test(k, m, shard_bytes, rng.below(70));
  test.fill(rng);
  auto codec = make_codec(k, m);
  codec.encode(test.block);
  std::vector<std::byte> bytes = test.memory;
  std::vector<std::uint8_t> present(k + m, 1);
  const auto lost = rng.below(m + 1);
  for (std::uint64_t i = 0; i < lost; ++i) test.lose(rng.below(k + m), present);
  EXPECT_TRUE(codec.recover(test.block, present));
  bytes.insert(bytes.end(), test.memory.begin(), test.memory.end());
  return bytes;
}

TEST(FecKernels, EveryOneAnswersToTheReference) {
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    const auto with16 = [](const FecKernels& kernels) {
      return [&kernels](std::uint32_t k, std::uint32_t m) { return Gf16Codec({k, m}, kernels); };
    };
    const auto with8 = [](const FecKernels& kernels) {
      return [&kernels](std::uint32_t, std::uint32_t) { return Gf8Codec(kernels); };
    };
    const std::uint32_t most16 = seed % 12 == 0 ? 900 : 150;
    const auto expected16 = outcome(seed, true, most16, with16(gf16_reference_kernels));
    for (const FecKernels* kernels : those_that_run_here(all_gf16_kernels()))
      ASSERT_TRUE(outcome(seed, true, most16, with16(*kernels)) == expected16)
          << kernels->name << " GF(2^16), seed " << seed;
    const auto expected8 = outcome(seed, false, 255, with8(gf8_reference_kernels));
    for (const FecKernels* kernels : those_that_run_here(all_gf8_kernels()))
      ASSERT_TRUE(outcome(seed, false, 255, with8(*kernels)) == expected8)
          << kernels->name << " GF(2^8), seed " << seed;
  }
}

TEST(FecKernels, WhatThisCpuCannotRunIsNamed) {
  for (const FecKernels* kernels : all_gf16_kernels()) {
    if (kernels->runs_here()) continue;
    RecordProperty("not_run", kernels->name);
    std::printf("not run on this CPU: %s\n", kernels->name);
  }
  EXPECT_TRUE(best_gf16_kernels().runs_here());
  EXPECT_TRUE(best_gf8_kernels().runs_here());
}

}  // namespace
}  // namespace pf::fec
