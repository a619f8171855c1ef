#include "core/net/traffic_class.h"

#include <gtest/gtest.h>

namespace pf::net {
namespace {

bool is_private(const char* address) { return in_private_network(*Endpoint::parse(address)); }

TEST(TrafficClass, KnowsPrivateNetworksByTheirAddresses) {
  for (const char* address :
       {"127.0.0.1:1", "10.255.0.1:1", "172.16.0.1:1", "172.31.255.255:1", "192.168.1.20:1",
        "169.254.9.9:1", "100.64.0.1:1", "100.127.255.255:1", "[::1]:1", "[fe80::1]:1",
        "[fd12:3456::1]:1", "[::ffff:192.168.0.9]:1"})
    EXPECT_TRUE(is_private(address)) << address;
  for (const char* address :
       {"8.8.8.8:1", "11.0.0.1:1", "172.15.255.255:1", "172.32.0.1:1", "192.169.0.1:1",
        "100.63.255.255:1", "100.128.0.1:1", "[2001:db8::1]:1", "[::ffff:8.8.8.8]:1"})
    EXPECT_FALSE(is_private(address)) << address;
  EXPECT_FALSE(in_private_network(Endpoint()));
}

}  // namespace
}  // namespace pf::net
