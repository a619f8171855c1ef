// What the media path of a session keeps in memory, by the system's own count.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/net/udp_port.h"
#include "core/runtime/system_clock.h"
#include "core/video/frame_sides_testing.h"

namespace pf::video {
namespace {

constexpr std::int64_t kMostBytes = 16 << 20;  // a side, above a process without a session

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all_pages = 0, resident_pages = 0;
  file >> all_pages >> resident_pages;
  return resident_pages * sysconf(_SC_PAGESIZE);
}

// Frames of 1080p60 at 50 Mbit/s: 104 kB, now and then four times that.
std::size_t frame_bytes(int frame) { return frame % 100 == 0 ? 416'000 : 104'000; }

std::unique_ptr<net::UdpPort> open_port(const Clock& clock) {
  auto port = net::UdpPort::open(Endpoint::loopback(0), clock, {});
  return port ? std::move(*port) : nullptr;
}

TEST(SessionMemory, EitherSideTouchesLittleOfWhatItReserves) {
  constexpr int kFrames = 300;
  std::vector<std::byte> access_unit(frame_bytes(0));
  SeededRng rng(1);
  rng.fill(access_unit);
  const SystemClock clock;
  Doorbell bell;

  // First the host alone, with nobody to listen; then the client, to which the same host sends.
  const std::int64_t before_host = resident_bytes();
  const auto host_port = open_port(clock);
  ASSERT_TRUE(host_port);
  auto host = std::make_unique<HostSide>(std::uint8_t{20}, HostSide::Way::copied);
  const Endpoint nobody = Endpoint::loopback(9);
  for (int i = 0; i < kFrames; ++i) {
    host->send_frame({access_unit.data(), frame_bytes(i)},
                     [&](PacketRun batch) { host_port->send(batch, nobody); });
  }
  const std::int64_t host_bytes = resident_bytes() - before_host;

  const std::int64_t before_client = resident_bytes();
  const auto client_port = open_port(clock);
  ASSERT_TRUE(client_port);
  auto client = std::make_unique<ClientSide>();
  std::array<net::Datagram, 64> datagrams;
  for (int i = 0; i < kFrames; ++i) {
    host->send_frame({access_unit.data(), frame_bytes(i)}, [&](PacketRun batch) {
      host_port->send(batch, client_port->local());
      for (std::uint32_t left = batch.count; left > 0;) {
        const std::size_t count = client_port->receive(datagrams, bell, seconds(5));
        ASSERT_GT(count, 0u);
        left -= static_cast<std::uint32_t>(count);
        for (const net::Datagram& datagram : std::span(datagrams).first(count)) {
          if (rng.below(50) != 0) client->take(datagram.bytes);
        }
      }
    });
  }
  const std::int64_t client_bytes = resident_bytes() - before_client;

  EXPECT_EQ(client->delivered(), static_cast<std::uint64_t>(kFrames));
  std::printf("host side %.1f MB, client side %.1f MB resident\n",
              static_cast<double>(host_bytes) / 1e6, static_cast<double>(client_bytes) / 1e6);
  EXPECT_LE(host_bytes, kMostBytes);
  EXPECT_LE(client_bytes, kMostBytes);
}

}  // namespace
}  // namespace pf::video
