// Compares the NEON kernels with the reference. Run by neon_check.sh, where need be under an
// emulator, without the test framework, which is not there for AArch64.
#include <cstdio>
#include <vector>

#include "core/base/rng.h"
#include "core/fec/gf16_codec.h"
#include "core/fec/gf8_codec.h"
#include "core/fec/test_block.h"

namespace pf::fec {
namespace {

// Parity, then what comes back after losing data, of the same random block and losses.
template <class Codec>
std::vector<std::byte> outcome(Codec codec, std::uint64_t seed, std::uint32_t k, std::uint32_t m) {
  SeededRng rng(seed);
  TestBlock test(k, m, static_cast<std::uint32_t>(2 + rng.below(300)) & ~1u);
  test.fill(rng);
  codec.encode(test.block);
  std::vector<std::byte> bytes = test.memory;
  std::vector<std::uint8_t> present(k + m, 1);
  const std::uint64_t lost = rng.below(m + 1);
  for (std::uint64_t i = 0; i < lost; ++i) test.lose(rng.below(k + m), present);
  if (!codec.recover(test.block, present)) return {};
  bytes.insert(bytes.end(), test.memory.begin(), test.memory.end());
  return bytes;
}

bool agree(std::uint64_t seed) {
  SeededRng rng(seed);
  const std::uint32_t most = seed % 10 == 0 ? 700 : 254;
  const auto k = static_cast<std::uint32_t>(1 + rng.below(most));
  const auto m = static_cast<std::uint32_t>(1 + rng.below(255 - std::min(k, 254u)));
  const FecKernels& kernels16 = best_gf16_kernels();
  const FecKernels& kernels8 = best_gf8_kernels();
  const auto expected16 = outcome(Gf16Codec({k, m}, gf16_reference_kernels), seed, k, m);
  bool same =
      !expected16.empty() && outcome(Gf16Codec({k, m}, kernels16), seed, k, m) == expected16;
  if (k + m <= kMaxGf8Shards) {
    const auto expected8 = outcome(Gf8Codec(gf8_reference_kernels), seed, k, m);
    same = same && !expected8.empty() && outcome(Gf8Codec(kernels8), seed, k, m) == expected8;
  }
  if (!same) std::fprintf(stderr, "seed %u: %u + %u differs\n", unsigned(seed), k, m);
  return same;
}

}  // namespace
}  // namespace pf::fec

int main() {
  bool good = true;
  for (std::uint64_t seed = 0; seed < 60; ++seed) good = pf::fec::agree(seed) && good;
  std::printf("%s: %s\n", pf::fec::best_gf16_kernels().name, good ? "as the reference" : "differs");
  return good ? 0 : 1;
}
