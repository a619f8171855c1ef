// Either side of one frame with its socket: 20 per cent parity in packets of 1472
// bytes.
//
// The host sends over loopback, where it pays for the receiver's queue too, and into a TUN device
// that nobody reads, in a network namespace of its own: the cost of the UDP and IP layers alone,
// with segmentation in the device (what a network card can do at best) and in software. Checksums
// are the device's business in both, as they are with any network card. The device needs the right
// to make one (root); without it those two say so.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "core/base/rng.h"
#include "core/net/udp_port.h"
#include "core/runtime/system_clock.h"
#include "core/runtime/unique_fd.h"
#include "core/video/frame_sides_testing.h"

namespace pf::video {
namespace {

constexpr std::uint8_t kPercent = 20;

const SystemClock& bench_clock() {
  static const SystemClock clock;
  return clock;
}

std::unique_ptr<net::UdpPort> open_port(const Endpoint& address) {
  auto port = net::UdpPort::open(address, bench_clock(), {});
  return port ? std::move(*port) : nullptr;
}

// A device that takes every packet and drops it.
class DropDevice {
 public:
  explicit DropDevice(bool segmentation) {
    // A namespace is entered by a thread; what it opened there stays there.
    std::thread([&] { open(segmentation); }).join();
  }
  net::UdpPort* port() const { return port_.get(); }
  Endpoint target() const { return Endpoint::ipv4({10, 77, 0, 2}, 9); }

 private:
  // Of kernel 6.2; Debian 12's headers are of 6.1.
  static constexpr unsigned kUso4 = 0x20, kUso6 = 0x40;

  void open(bool segmentation) {
    if (unshare(CLONE_NEWNET) != 0) return;
    device_ = UniqueFd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
    std::strcpy(request.ifr_name, "drop0");
    if (!device_ || ioctl(device_.get(), TUNSETIFF, &request) != 0) return;
    const unsigned offload = TUN_F_CSUM | (segmentation ? kUso4 | kUso6 : 0);
    if (ioctl(device_.get(), TUNSETOFFLOAD, offload) != 0) return;
    if (!give_address(request)) return;
    port_ = open_port(Endpoint::any(0));
  }
  static bool give_address(ifreq& request) {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto set = [&](unsigned long what, std::array<std::uint8_t, 4> octets) {
      const Endpoint address = Endpoint::ipv4(octets, 0);
      std::memcpy(&request.ifr_addr, address.data(), sizeof request.ifr_addr);
      return ioctl(socket.get(), what, &request) == 0;
    };
    if (!set(SIOCSIFADDR, {10, 77, 0, 1}) || !set(SIOCSIFNETMASK, {255, 255, 255, 0})) return false;
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    return ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
  }

  UniqueFd device_;
  std::unique_ptr<net::UdpPort> port_;
};

std::vector<std::byte> access_unit_of(const benchmark::State& state) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)));
  SeededRng(1).fill(bytes);
  return bytes;
}

void host_side_dropped(benchmark::State& state, bool segmentation, HostSide::Way way) {
  const DropDevice device(segmentation);
  if (device.port() == nullptr) return state.SkipWithError("no TUN device can be made here");
  const auto access_unit = access_unit_of(state);
  HostSide host(kPercent, way);
  for (auto _ : state) {
    host.send_frame(access_unit,
                    [&](PacketRun batch) { device.port()->send(batch, device.target()); });
  }
  if (!device.port()->segments(1472))
    state.SkipWithError("the device refuses segmentation offload");
}

// Two ports on loopback; whatever is received is counted, so that none is lost unnoticed.
class Loopback {
 public:
  void send(PacketRun batch) {
    from_->send(batch, to_->local());
    under_way_ += batch.count;
  }
  template <typename Take>
  bool receive_all(Take&& take) {
    std::array<net::Datagram, 64> datagrams;
    while (under_way_ > 0) {
      const std::size_t count = to_->receive(datagrams, bell_, milliseconds(100));
      if (count == 0) return false;
      under_way_ -= count;
      for (const net::Datagram& datagram : std::span(datagrams).first(count)) take(datagram.bytes);
    }
    return true;
  }

 private:
  const std::unique_ptr<net::UdpPort> from_ = open_port(Endpoint::loopback(0));
  const std::unique_ptr<net::UdpPort> to_ = open_port(Endpoint::loopback(0));
  Doorbell bell_;
  std::size_t under_way_ = 0;
};

void host_side_loopback(benchmark::State& state) {
  const auto access_unit = access_unit_of(state);
  Loopback loopback;
  HostSide host(kPercent);
  for (auto _ : state) {
    host.send_frame(access_unit, [&](PacketRun batch) { loopback.send(batch); });
    state.PauseTiming();
    if (!loopback.receive_all([](MutableBytes) {})) return state.SkipWithError("packets were lost");
    state.ResumeTiming();
  }
}

// The second argument is the loss in per mille: packets that were received and are not looked at.
void client_side_loopback(benchmark::State& state) {
  const auto access_unit = access_unit_of(state);
  const auto loss = static_cast<std::uint64_t>(state.range(1));
  Loopback loopback;
  HostSide host(kPercent);
  ClientSide client;
  SeededRng rng(2);
  for (auto _ : state) {
    state.PauseTiming();
    host.send_frame(access_unit, [&](PacketRun batch) { loopback.send(batch); });
    state.ResumeTiming();
    const bool all = loopback.receive_all([&](MutableBytes datagram) {
      if (rng.below(1000) >= loss) client.take(datagram);
    });
    if (!all) return state.SkipWithError("packets were lost");
  }
  if (client.delivered() != static_cast<std::uint64_t>(state.iterations()))
    state.SkipWithError("frames were lost");
}

// Both sides at once, each on a thread: real time, so run it on two cores. The sender is never more
// than a few frames ahead, as the queue of a socket holds no more. The second argument is the loss
// in per mille.
void goodput_loopback(benchmark::State& state) {
  constexpr std::uint64_t kAhead = 3;
  const auto access_unit = access_unit_of(state);
  const auto loss = static_cast<std::uint64_t>(state.range(1));
  const auto from = open_port(Endpoint::loopback(0)), to = open_port(Endpoint::loopback(0));
  std::atomic<std::uint64_t> delivered{0};
  std::atomic<bool> over{false};
  std::thread client([&] {
    ClientSide side;
    SeededRng rng(2);
    Doorbell bell;
    std::array<net::Datagram, 64> datagrams;
    while (!over) {
      const std::size_t count = to->receive(datagrams, bell, milliseconds(10));
      for (const net::Datagram& datagram : std::span(datagrams).first(count)) {
        if (rng.below(1000) >= loss) side.take(datagram.bytes);
      }
      delivered = side.delivered();
    }
  });
  HostSide host(kPercent);
  std::uint64_t sent = 0;
  for (auto _ : state) {
    host.send_frame(access_unit, [&](PacketRun batch) { from->send(batch, to->local()); });
    ++sent;
    const LocalTime give_up = bench_clock().now() + seconds(2);
    while (delivered + kAhead < sent && bench_clock().now() < give_up) std::this_thread::yield();
    if (delivered + kAhead < sent) {
      state.SkipWithError("frames were lost");
      break;
    }
  }
  over = true;
  client.join();
  state.counters["bits"] =
      benchmark::Counter(static_cast<double>(sent) * 8 * static_cast<double>(access_unit.size()),
                         benchmark::Counter::kIsRate);
}

void frame_sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("bytes")->Arg(64'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);
}

BENCHMARK(host_side_loopback)->Apply(frame_sizes);
BENCHMARK_CAPTURE(host_side_dropped, offload, true, HostSide::Way::borrowed)->Apply(frame_sizes);
BENCHMARK_CAPTURE(host_side_dropped, offload_copied, true, HostSide::Way::copied)
    ->Apply(frame_sizes);
BENCHMARK_CAPTURE(host_side_dropped, software, false, HostSide::Way::borrowed)->Apply(frame_sizes);
BENCHMARK_CAPTURE(host_side_dropped, software_copied, false, HostSide::Way::copied)
    ->Apply(frame_sizes);
BENCHMARK(goodput_loopback)
    ->ArgNames({"bytes", "loss"})
    ->Args({1'000'000, 0})
    ->Args({1'000'000, 10})
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(client_side_loopback)
    ->ArgNames({"bytes", "loss"})
    ->Args({64'000, 0})
    ->Args({64'000, 20})
    ->Args({1'000'000, 0})
    ->Args({1'000'000, 20})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace pf::video
