// One frame through the whole of either side, without a network: time per frame of so many bytes
// with 20 per cent parity in packets of 1472 bytes.
#include <benchmark/benchmark.h>

#include <utility>
#include <vector>

#include "core/base/rng.h"
#include "core/video/frame_sides_testing.h"

namespace pf::video {
namespace {

constexpr std::uint8_t kPercent = 20;

std::vector<std::byte> access_unit_of(const benchmark::State& state) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)));
  SeededRng(1).fill(bytes);
  return bytes;
}

void packetise(benchmark::State& state) {
  const auto access_unit = access_unit_of(state);
  HostSide host(kPercent, HostSide::Way::copied);
  for (auto _ : state) {
    host.lay_out(access_unit);
    host.sent();
  }
}

void packetise_seal_parity(benchmark::State& state) {
  const auto access_unit = access_unit_of(state);
  HostSide host(kPercent);
  for (auto _ : state) {
    host.send_frame(access_unit, [](PacketRun batch) { benchmark::DoNotOptimize(batch); });
  }
}

// What every packet of a frame waits for: the time until the first batch is ready to be sent.
void first_batch(benchmark::State& state) {
  const auto access_unit = access_unit_of(state);
  HostSide host(kPercent);
  for (auto _ : state) {
    bool first = true;
    host.send_frame(access_unit, [&](PacketRun) {
      if (std::exchange(first, false)) state.PauseTiming();
    });
    state.ResumeTiming();
  }
}

// The second argument is the loss in per mille. The host's side is not counted.
void open_reassemble(benchmark::State& state) {
  const auto access_unit = access_unit_of(state);
  const auto loss = static_cast<std::uint64_t>(state.range(1));
  HostSide host(kPercent);
  ClientSide client;
  SeededRng rng(2);
  std::vector<std::byte> packets;
  for (auto _ : state) {
    state.PauseTiming();
    packets.clear();
    host.send_frame(access_unit, [&](PacketRun batch) {
      for (std::uint32_t i = 0; i < batch.count; ++i) {
        if (rng.below(1000) < loss) continue;
        packets.insert(packets.end(), batch.packet(i).begin(), batch.packet(i).end());
      }
    });
    state.ResumeTiming();
    for (std::size_t at = 0; at < packets.size(); at += HostSide::kStride)
      client.take({packets.data() + at, HostSide::kStride});
  }
  if (client.delivered() != static_cast<std::uint64_t>(state.iterations()))
    state.SkipWithError("frames were lost");
}

// From the encoder's buffer to the decoder's, both ends, 25 per cent parity, no loss.
void whole_session(benchmark::State& state) {
  const auto access_unit = access_unit_of(state);
  HostSide host(25);
  ClientSide client;
  for (auto _ : state) {
    host.send_frame(access_unit, [&](PacketRun batch) {
      for (std::uint32_t i = 0; i < batch.count; ++i) client.take(batch.packet(i));
    });
  }
  if (client.delivered() != static_cast<std::uint64_t>(state.iterations()))
    state.SkipWithError("frames were lost");
}

void frame_sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("bytes")->Arg(20'000)->Arg(64'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);
}

BENCHMARK(packetise)->Apply(frame_sizes);
BENCHMARK(first_batch)->Apply(frame_sizes);
BENCHMARK(packetise_seal_parity)->Apply(frame_sizes);
BENCHMARK(open_reassemble)
    ->ArgNames({"bytes", "loss"})
    ->Args({64'000, 0})
    ->Args({64'000, 20})
    ->Args({1'000'000, 0})
    ->Args({1'000'000, 20})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(whole_session)
    ->ArgName("bytes")
    ->Arg(64 << 10)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace pf::video
