// What sending and receiving a packet costs over loopback, one thread. Sending includes the
// kernel's way to the receiver's queue, which runs on the sending thread; a network device would
// take over there.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "core/net/udp_port.h"
#include "core/runtime/system_clock.h"

namespace pf::net {
namespace {

constexpr std::uint32_t kPackets = 704;  // 1 MB; the queue of a socket holds it

class Ends {
 public:
  explicit Ends(bool segmentation)
      : from_(open({.segmentation = segmentation})), to_(open({.segmentation = segmentation})) {}

  // In calls of `at_once` packets.
  void send(PacketRun run, std::uint32_t at_once) {
    for (std::uint32_t at = 0; at < run.count; at += at_once) {
      from_->send(run.part(at, std::min(at_once, run.count - at)), to_->local());
    }
  }
  // False: some are missing.
  bool receive(std::uint32_t count) {
    std::array<Datagram, 64> datagrams;
    while (count > 0) {
      const std::size_t received = to_->receive(datagrams, bell_, milliseconds(100));
      if (received == 0) return false;
      benchmark::DoNotOptimize(datagrams);
      count -= static_cast<std::uint32_t>(received);
    }
    return true;
  }

 private:
  std::unique_ptr<UdpPort> open(const UdpPort::Options& options) {
    auto port = UdpPort::open(Endpoint::loopback(0), clock_, options);
    if (!port) std::abort();
    return std::move(*port);
  }

  SystemClock clock_;
  Doorbell bell_;
  std::unique_ptr<UdpPort> from_, to_;
};

void count_packets(benchmark::State& state) {
  state.counters["per_packet"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kPackets,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// Packet size, packets per call.
void send(benchmark::State& state, bool segmentation) {
  const auto stride = static_cast<std::uint16_t>(state.range(0));
  std::vector<std::byte> memory(std::size_t{kPackets} * stride);
  Ends ends(segmentation);
  for (auto _ : state) {
    ends.send({.base = memory.data(), .count = kPackets, .stride = stride},
              static_cast<std::uint32_t>(state.range(1)));
    state.PauseTiming();
    if (!ends.receive(kPackets)) return state.SkipWithError("packets were lost");
    state.ResumeTiming();
  }
  count_packets(state);
}

void receive(benchmark::State& state, bool segmentation) {
  const auto stride = static_cast<std::uint16_t>(state.range(0));
  std::vector<std::byte> memory(std::size_t{kPackets} * stride);
  Ends ends(segmentation);
  for (auto _ : state) {
    state.PauseTiming();
    ends.send({.base = memory.data(), .count = kPackets, .stride = stride}, kPackets);
    state.ResumeTiming();
    if (!ends.receive(kPackets)) return state.SkipWithError("packets were lost");
  }
  count_packets(state);
}

BENCHMARK_CAPTURE(send, segmented, true)
    ->ArgNames({"bytes", "at_once"})
    ->Args({1200, 704})
    ->Args({1472, 704})
    ->Args({1472, 176})
    ->Args({1472, 88})
    ->Args({1472, 64})
    ->Args({1472, 44});
BENCHMARK_CAPTURE(send, fallback, false)
    ->ArgNames({"bytes", "at_once"})
    ->Args({1200, 704})
    ->Args({1472, 704})
    ->Args({1472, 64});
BENCHMARK_CAPTURE(receive, coalesced, true)->ArgName("bytes")->Arg(1200)->Arg(1472);
BENCHMARK_CAPTURE(receive, fallback, false)->ArgName("bytes")->Arg(1200)->Arg(1472);

}  // namespace
}  // namespace pf::net
