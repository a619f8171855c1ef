// GB/s of original data (1e9 bytes per second, one core) for shapes people stream with: the best of
// 15 rounds, since other programs only ever take time away, and the median beside it. Shards lie
// end to end from a cache line on; those "in packets" lie as they are sent, at no particular
// alignment.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/base/rng.h"
#include "core/fec/gf16_codec.h"
#include "core/fec/gf8_codec.h"

namespace pf::fec {
namespace {

constexpr std::size_t kRounds = 15;
constexpr std::chrono::duration<double> kRoundTime{0.003};

struct Shape {
  std::uint16_t data_count;
  std::uint16_t parity_count;
  std::uint32_t shard_bytes;
  std::uint32_t lost = 0;  // data shards; with fewer than m, as large a part of the parity
  bool in_packets = false;
};

constexpr std::size_t kCacheLineBytes = 64;
constexpr std::size_t kPacketHeadBytes = 48;   // what comes before a shard, of punktfunk/1
constexpr std::size_t kPacketExtraBytes = 64;  // that, and the tag behind it

struct Block {
  explicit Block(const Shape& shape)
      : present(std::size_t{shape.data_count} + shape.parity_count, 1) {
    const std::size_t stride = shape.shard_bytes + (shape.in_packets ? kPacketExtraBytes : 0);
    memory.resize(present.size() * stride + 2 * kCacheLineBytes);
    SeededRng rng(1);
    rng.fill(memory);
    void* begin = memory.data();
    std::size_t space = memory.size();
    auto* const first = static_cast<std::byte*>(std::align(kCacheLineBytes, 1, begin, space)) +
                        (shape.in_packets ? kPacketHeadBytes : 0);
    block = {.data = first,
             .parity = first + shape.data_count * stride,
             .stride = stride,
             .shard_bytes = shape.shard_bytes,
             .data_count = shape.data_count,
             .parity_count = shape.parity_count};
    lose(shape.lost, 0, shape.data_count, rng);
    if (shape.lost < shape.parity_count)
      lose(shape.lost * shape.parity_count / shape.data_count, shape.data_count, shape.parity_count,
           rng);
  }
  void lose(std::uint32_t count, std::uint32_t first, std::uint32_t of, Rng& rng) {
    while (count > 0) {
      std::uint8_t& there = present[first + rng.below(of)];
      count -= there;
      there = 0;
    }
  }
  std::vector<std::byte> memory;
  std::vector<std::uint8_t> present;
  ShardBlock block;
};

// Seconds per call, the rounds in ascending order.
template <class Call>
std::array<double, kRounds> time_rounds(Call call) {
  using Clock = std::chrono::steady_clock;
  std::array<double, kRounds> seconds{};
  call();
  for (double& round : seconds) {
    const auto begin = Clock::now();
    std::chrono::duration<double> taken{};
    int calls = 0;
    for (; taken < kRoundTime; taken = Clock::now() - begin, ++calls) call();
    round = taken.count() / calls;
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds;
}

template <class MakeCodec>
void measure(benchmark::State& state, const FecKernels& kernels, const Shape& shape,
             MakeCodec make_codec) {
  if (!kernels.runs_here()) return state.SkipWithError("not run on this CPU");
  Block block(shape);
  auto codec = make_codec(shape);
  codec.encode(block.block);
  for (auto _ : state) {
    const auto seconds = time_rounds([&] {
      if (shape.lost == 0) {
        codec.encode(block.block);
      } else if (!codec.recover(block.block, block.present)) {
        state.SkipWithError("not recovered");
      }
    });
    const double gigabytes = double(shape.data_count) * shape.shard_bytes / 1e9;
    state.SetIterationTime(seconds.front());
    state.counters["best_GB/s"] = gigabytes / seconds.front();
    state.counters["median_GB/s"] = gigabytes / seconds[kRounds / 2];
  }
}

// A block that is absorbed while it arrives: what is left to do when the last shard needed is there
// (the best and the median of many), beside all that is done.
void measure_steps(benchmark::State& state, const FecKernels& kernels, const Shape& shape) {
  if (!kernels.runs_here()) return state.SkipWithError("not run on this CPU");
  using Clock = std::chrono::steady_clock;
  Block block(shape);
  Gf16Codec codec({shape.data_count, shape.parity_count}, kernels);
  codec.encode(block.block);
  const auto absorption = codec.absorption(block.block);
  if (!absorption) return state.SkipWithError("gains nothing");
  std::vector<std::byte> room(absorption->bytes + kCacheLineBytes);
  void* begin = room.data();
  std::size_t space = room.size();
  auto* const memory =
      static_cast<std::byte*>(std::align(kCacheLineBytes, absorption->bytes, begin, space));
  constexpr std::size_t kCalls = 300;
  std::vector<double> last_us, all_us;
  for (auto _ : state) {
    for (std::size_t i = 0; i < kCalls; ++i) {
      const auto first = Clock::now();
      codec.begin_absorbing(block.block, memory);
      for (std::uint32_t group = 0; group * absorption->group_shards < shape.data_count; ++group)
        codec.absorb(block.block, block.present, group, memory);
      const auto last = Clock::now();
      if (!codec.recover_absorbed(block.block, block.present, memory))
        state.SkipWithError("not recovered");
      const auto end = Clock::now();
      last_us.push_back(std::chrono::duration<double, std::micro>(end - last).count());
      all_us.push_back(std::chrono::duration<double, std::micro>(end - first).count());
    }
    std::sort(last_us.begin(), last_us.end());
    std::sort(all_us.begin(), all_us.end());
    state.SetIterationTime(last_us.front() / 1e6);
    state.counters["last_best_us"] = last_us.front();
    state.counters["last_median_us"] = last_us[last_us.size() / 2];
    state.counters["all_best_GB/s"] =
        double(shape.data_count) * shape.shard_bytes / 1e3 / all_us.front();
  }
}

std::string name_of(const std::string& field, const FecKernels& kernels, const char* what,
                    const Shape& shape) {
  std::string name = field + "/" + kernels.name + "/" + what + "/";
  name += std::to_string(shape.data_count) + "+" + std::to_string(shape.parity_count);
  if (shape.lost > 0) name += "-" + std::to_string(shape.lost);
  name += "/" + std::to_string(shape.shard_bytes) + "B";
  if (shape.in_packets) name += "/in_packets";
  return name;
}

template <class MakeCodec>
void add(const std::string& field, const FecKernels& kernels, const Shape& shape,
         MakeCodec make_codec) {
  benchmark::RegisterBenchmark(
      name_of(field, kernels, shape.lost > 0 ? "recover" : "encode", shape).c_str(),
      [=, &kernels](benchmark::State& state) { measure(state, kernels, shape, make_codec); })
      ->Iterations(1)
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
}

const int kRegistered = [] {
  constexpr std::array<Shape, 19> kShapes16{{{10, 1, 1344},
                                             {10, 2, 1344},
                                             {20, 4, 1344},
                                             {50, 10, 1344},
                                             {100, 20, 1344},
                                             {200, 40, 1344},
                                             {500, 100, 1344},
                                             {1000, 200, 1344},
                                             {4000, 800, 1344},
                                             {50, 10, 1216, 1},
                                             {130, 26, 1216, 3},
                                             {200, 40, 1216, 4},
                                             {1000, 200, 1216, 20},
                                             {4000, 800, 1216, 80},
                                             {50, 10, 1216, 10},
                                             {200, 40, 1216, 40},
                                             {1000, 200, 1216, 200},
                                             {200, 40, 1408, 0, true},
                                             {200, 40, 1408, 4, true}}};
  constexpr std::array<Shape, 6> kShapesInSteps{{{130, 26, 1216, 3},
                                                 {200, 40, 1216, 4},
                                                 {1000, 200, 1216, 20},
                                                 {4000, 800, 1216, 80},
                                                 {200, 40, 1216, 40},
                                                 {1000, 200, 1216, 200}}};
  constexpr std::array<Shape, 8> kShapes8{{{10, 2, 1024},
                                           {50, 10, 1024},
                                           {100, 20, 1024},
                                           {200, 40, 1024},
                                           {10, 2, 1216, 2},
                                           {50, 10, 1216, 10},
                                           {200, 40, 1216, 4},
                                           {200, 40, 1216, 40}}};
  for (const FecKernels* kernels : all_gf16_kernels()) {
    if (kernels == &gf16_reference_kernels) continue;
    for (const Shape& shape : kShapes16) {
      add("gf16", *kernels, shape, [kernels](const Shape& of) {
        return Gf16Codec({of.data_count, of.parity_count}, *kernels);
      });
    }
    for (const Shape& shape : kShapesInSteps) {
      benchmark::RegisterBenchmark(
          name_of("gf16", *kernels, "recover_in_steps", shape).c_str(),
          [=](benchmark::State& state) { measure_steps(state, *kernels, shape); })
          ->Iterations(1)
          ->UseManualTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
  for (const FecKernels* kernels : all_gf8_kernels()) {
    if (kernels == &gf8_reference_kernels) continue;
    for (const Shape& shape : kShapes8)
      add("gf8", *kernels, shape, [kernels](const Shape&) { return Gf8Codec(*kernels); });
  }
  return 0;
}();

}  // namespace
}  // namespace pf::fec
