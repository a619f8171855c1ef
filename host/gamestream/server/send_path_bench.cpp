// One GameStream frame from the access unit to the socket: headers, GF(2^8) parity at 20 %,
// encryption, send over loopback, where the sender pays for the receiver's queue too.
//
// The frames are those of 30 Mbit/s at 60 Hz; "core_percent" is what the send thread takes of one
// core at that rate. Goal: at most 1.
#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "core/base/rng.h"
#include "core/net/udp_port.h"
#include "core/runtime/system_clock.h"
#include "core/video/pacer.h"
#include "host/gamestream/protocol/video_packets.h"

namespace pf::gamestream {
namespace {

constexpr double kFramesPerSecond = 60;
constexpr std::size_t kFrameBytes = 30'000'000 / 8 / 60;

const SystemClock& bench_clock() {
  static const SystemClock clock;
  return clock;
}

// Takes what comes, on a thread of its own.
class Sink {
 public:
  Sink() : port_(net::UdpPort::open(Endpoint::loopback(0), bench_clock(), {}).value()) {
    thread_ = std::thread([this] {
      std::array<net::Datagram, 64> datagrams;
      while (!over_) port_->receive(datagrams, bell_, milliseconds(10));
    });
  }
  ~Sink() {
    over_ = true;
    bell_.ring();
    thread_.join();
  }
  Endpoint address() const { return port_->local(); }

 private:
  std::unique_ptr<net::UdpPort> port_;
  Doorbell bell_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

void frame(benchmark::State& state, bool encrypted, bool sends) {
  const Sink sink;
  const auto port = net::UdpPort::open(Endpoint::loopback(0), bench_clock(), {}).value();
  VideoPacketParams params{.packet_size = static_cast<std::uint16_t>(encrypted ? 1360 : 1392)};
  if (encrypted) params.key.emplace();
  const auto wire_bytes = static_cast<std::uint16_t>(params.packet_size + (encrypted ? 48 : 16));
  params.batch_packets =
      std::min(net::UdpPort::batch_packets(wire_bytes), video::Pacer::kMostBatchPackets);
  VideoPackets packets(params);
  std::vector<std::byte> access_unit(kFrameBytes);
  SeededRng(1).fill(access_unit);
  const Nanos before = thread_cpu_time();
  std::uint64_t count = 0;
  for (auto _ : state) {
    packets.begin({.access_unit = access_unit});
    for (PacketRun run = packets.next(); run.count > 0; run = packets.next()) {
      if (sends) port->send(run, sink.address());
      count += run.count;
    }
  }
  const double cpu_s = static_cast<double>((thread_cpu_time() - before).count()) / 1e9;
  const auto frames = static_cast<double>(state.iterations());
  state.counters["core_percent"] = 100 * cpu_s / frames * kFramesPerSecond;
  state.counters["packets"] = static_cast<double>(count) / frames;
}

BENCHMARK_CAPTURE(frame, packetise_and_parity, false, false);
BENCHMARK_CAPTURE(frame, packetise_parity_encrypt, true, false);
BENCHMARK_CAPTURE(frame, sent, false, true);
BENCHMARK_CAPTURE(frame, encrypted_and_sent, true, true);

}  // namespace
}  // namespace pf::gamestream
