// Time per block, and bytes of original data per second, for shapes people stream with.
#include <benchmark/benchmark.h>

#include <vector>

#include "core/base/rng.h"
#include "core/fec/gf16_codec.h"

namespace pf::fec {
namespace {

struct Block {
  Block(std::uint16_t k, std::uint16_t m, std::uint32_t shard_bytes)
      : memory((k + m) * std::size_t{shard_bytes}) {
    SeededRng(1).fill(memory);
    block = {.data = memory.data(),
             .parity = memory.data() + k * std::size_t{shard_bytes},
             .stride = shard_bytes,
             .shard_bytes = shard_bytes,
             .data_count = k,
             .parity_count = m};
  }
  std::size_t data_bytes() const { return std::size_t{block.data_count} * block.shard_bytes; }
  std::vector<std::byte> memory;
  ShardBlock block;
};

Block block_of(const benchmark::State& state) {
  return {static_cast<std::uint16_t>(state.range(0)), static_cast<std::uint16_t>(state.range(1)),
          static_cast<std::uint32_t>(state.range(2))};
}

void encode(benchmark::State& state, const FecKernels& kernels) {
  if (!kernels.runs_here()) return state.SkipWithError("not run on this CPU");
  Block block = block_of(state);
  Gf16Codec codec({block.block.data_count, block.block.parity_count}, kernels);
  for (auto _ : state) codec.encode(block.block);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * block.data_bytes()));
}

// The last argument is how many data shards are lost, spread over the block.
void recover(benchmark::State& state, const FecKernels& kernels) {
  if (!kernels.runs_here()) return state.SkipWithError("not run on this CPU");
  Block block = block_of(state);
  const std::uint32_t k = block.block.data_count, m = block.block.parity_count;
  Gf16Codec codec({k, m}, kernels);
  codec.encode(block.block);
  std::vector<std::uint8_t> present(k + m, 1);
  const auto lost = static_cast<std::uint32_t>(state.range(3));
  for (std::uint32_t i = 0; i < lost; ++i) present[std::size_t{i} * k / lost] = 0;
  for (auto _ : state) {
    if (!codec.recover(block.block, present)) return state.SkipWithError("not recovered");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * block.data_bytes()));
}

const int kRegistered = [] {
  for (const FecKernels* kernels : all_gf16_kernels()) {
    const std::string name = std::string("/") + kernels->name;
    auto* const encoding = benchmark::RegisterBenchmark(
        ("encode" + name).c_str(), [kernels](benchmark::State& state) { encode(state, *kernels); });
    encoding->ArgNames({"k", "m", "bytes"});
    for (const auto& [k, m] : {std::pair{10, 1}, {10, 2}, {50, 10}, {200, 40}, {1000, 200}})
      encoding->Args({k, m, 1344});
    auto* const recovering = benchmark::RegisterBenchmark(
        ("recover" + name).c_str(),
        [kernels](benchmark::State& state) { recover(state, *kernels); });
    recovering->ArgNames({"k", "m", "bytes", "lost"});
    for (const auto& [k, m] : {std::pair{50, 10}, {200, 40}, {1000, 200}}) {
      recovering->Args({k, m, 1216, k / 50});
      recovering->Args({k, m, 1216, m});
    }
  }
  return 0;
}();

}  // namespace
}  // namespace pf::fec
