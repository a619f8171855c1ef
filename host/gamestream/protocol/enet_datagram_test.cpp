#include "host/gamestream/protocol/enet_datagram.h"

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::gamestream {
namespace {

using testing::unhex;

// As libenet 1.3.17 wrote it for 48 channels and this data.
const std::string kConnect =
    "8fff0010"  // nobody yet, timed
    "82ff0001"  // connect, on no channel, the first
    "0000"
    "ff"
    "ff"
    "00000578"
    "00010000"
    "00000030"
    "00000000"
    "00000000"
    "00001388"
    "00000002"
    "00000002"
    "1a2b3c4d"
    "12345678";

TEST(EnetDatagram, SaysWhoAsksForAConnection) {
  const auto bytes = unhex(kConnect);
  const auto datagram = parse_enet_datagram(bytes);
  ASSERT_TRUE(datagram);
  EXPECT_EQ(datagram->connect_data, 0x12345678u);
  EXPECT_FALSE(datagram->peer);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_enet_datagram(Bytes(bytes).first(size))) << size;
}

TEST(EnetDatagram, KnowsNobodyWhoAsksForNothing) {
  EXPECT_FALSE(parse_enet_datagram(unhex("0fff8500000100000000")));  // a ping
  EXPECT_FALSE(parse_enet_datagram(unhex("4001000085ff0001")));      // compressed
  EXPECT_FALSE(parse_enet_datagram({}));
}

TEST(EnetDatagram, FindsTheLastAcknowledgement) {
  const auto time_of = [](const std::string& commands) {
    const auto datagram = parse_enet_datagram(unhex("80070033" + commands));
    EXPECT_TRUE(datagram && datagram->peer == 7);
    return datagram->acknowledged_time_ms;
  };
  const std::string reliable =
      "86000005"
      "0003"
      "616263";
  EXPECT_EQ(time_of("01ff0001"
                    "0009"
                    "1234"),
            0x1234);
  EXPECT_EQ(time_of("85ff0001"
                    "01ff0001"
                    "0009"
                    "1234"
                    "01ff0002"
                    "000a"
                    "1240"),
            0x1240);
  EXPECT_EQ(time_of(reliable + "01ff0001"
                               "0009"
                               "1234"),
            0x1234);
  EXPECT_FALSE(time_of(reliable));
  EXPECT_FALSE(time_of(""));
  // Behind what is none, or too long, nothing is believed.
  EXPECT_FALSE(
      time_of("0d000001"
              "01ff0001"
              "0009"
              "1234"));
  EXPECT_FALSE(
      time_of("86000005"
              "ffff"
              "01ff0001"
              "0009"
              "1234"));
}

}  // namespace
}  // namespace pf::gamestream
