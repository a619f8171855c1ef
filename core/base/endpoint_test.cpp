#include "core/base/endpoint.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace pf {
namespace {

TEST(Endpoint, PrintsWhatItParses) {
  for (const char* text : {"10.0.0.1:9777", "[::1]:9777", "[2001:db8::5]:0", "0.0.0.0:65535"}) {
    const auto endpoint = Endpoint::parse(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(endpoint->to_string(), text);
  }
}

TEST(Endpoint, RefusesNamesAndNonsense) {
  for (const char* text : {"", "host:1", "10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:1x",
                           "::1:9777", "[::1]", "[]:1", "10.0.0:1"}) {
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  }
}

TEST(Endpoint, SurvivesTheSystemsForm) {
  for (const Endpoint& endpoint : {Endpoint::loopback(9777), *Endpoint::parse("[fe80::1]:5")}) {
    const auto back = Endpoint::from_sockaddr(endpoint.data(), endpoint.size_bytes());
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, endpoint);
    EXPECT_FALSE(Endpoint::from_sockaddr(endpoint.data(), endpoint.size_bytes() - 1));
  }
  EXPECT_TRUE(Endpoint().empty());
  EXPECT_FALSE(Endpoint::from_sockaddr(Endpoint().data(), sizeof(sockaddr)));
}

TEST(Endpoint, ComparesAddressesWithoutPortsAndAcrossMapping) {
  const Endpoint a = Endpoint::ipv4({192, 168, 0, 7}, 1000);
  EXPECT_NE(a, a.with_port(1001));
  EXPECT_TRUE(a.same_address(a.with_port(1001)));
  EXPECT_TRUE(a.same_address(*Endpoint::parse("[::ffff:192.168.0.7]:9")));
  EXPECT_FALSE(a.same_address(Endpoint::ipv4({192, 168, 0, 8}, 1000)));
  EXPECT_FALSE(Endpoint().same_address(Endpoint()));
  const std::unordered_set<Endpoint> seen{a, a.with_port(1001), a};
  EXPECT_EQ(seen.size(), 2u);
}

}  // namespace
}  // namespace pf
