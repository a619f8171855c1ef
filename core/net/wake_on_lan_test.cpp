#include "core/net/wake_on_lan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "core/net/udp_port.h"
#include "core/runtime/system_clock.h"

namespace pf::net {
namespace {

constexpr MacAddress kMac = {1, 2, 3, 4, 5, 0xAB};

TEST(WakeOnLan, WritesSixTimesFfAndSixteenTimesTheAddress) {
  const auto packet = magic_packet(kMac);
  ASSERT_EQ(packet.size(), 102u);
  EXPECT_TRUE(std::all_of(packet.begin(), packet.begin() + 6,
                          [](std::byte byte) { return byte == std::byte{0xFF}; }));
  for (std::size_t i = 6; i < packet.size(); i += 6)
    EXPECT_EQ(std::memcmp(packet.data() + i, kMac.data(), 6), 0);
}

TEST(WakeOnLan, KnowsWhereASleeperMayHear) {
  const auto destinations = wake_destinations(Endpoint::ipv4({192, 0, 2, 7}, 1234));
  for (const std::uint16_t port : {std::uint16_t{9}, std::uint16_t{7}}) {
    for (const auto& wanted :
         {Endpoint::ipv4({192, 0, 2, 7}, port), Endpoint::ipv4({255, 255, 255, 255}, port)}) {
      EXPECT_EQ(std::count(destinations.begin(), destinations.end(), wanted), 1)
          << wanted.to_string();
    }
  }
}

TEST(WakeOnLan, SendsAPacketForEachMachineToEachDestination) {
  const SystemClock clock;
  const auto listener = *UdpPort::open(Endpoint::loopback(0), clock, {});
  const std::array<MacAddress, 2> macs = {kMac, MacAddress{9, 9, 9, 9, 9, 9}};
  const std::array<Endpoint, 1> destinations = {listener->local()};
  EXPECT_EQ(send_magic_packets(macs, destinations), 2u);
  Doorbell bell;
  std::array<Datagram, 4> datagrams;
  for (const MacAddress& mac : macs) {
    ASSERT_EQ(listener->receive({datagrams.data(), 1}, bell, seconds(5)), 1u);
    const auto expected = magic_packet(mac);
    ASSERT_EQ(datagrams[0].bytes.size(), expected.size());
    EXPECT_EQ(std::memcmp(datagrams[0].bytes.data(), expected.data(), expected.size()), 0);
  }
}

}  // namespace
}  // namespace pf::net
