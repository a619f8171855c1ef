#include "client/discovery/host_table.h"

#include <gtest/gtest.h>

#include "core/wire/v1/service_record.h"

namespace pf::discovery {
namespace {

mdns::Sighting sighting(std::uint8_t last_octet, const std::string& id,
                        const std::string& protocol = "punktfunk/1") {
  message::HostAdvert advert;
  advert.id = id;
  advert.protocol = protocol;
  return {.address = Endpoint::ipv4({10, 0, 0, last_octet}, 9777),
          .txt = wire::v1::write_service_txt(advert)};
}

TEST(HostTable, OneHostOnTwoInterfacesIsOneHostWithTwoAddresses) {
  HostTable table;
  table.found({1, "box"}, sighting(1, "a"));
  table.found({2, "box"}, sighting(2, "a"));
  table.found({3, "box"}, sighting(2, "a"));
  ASSERT_EQ(table.hosts().size(), 1u);
  EXPECT_EQ(table.hosts()[0].addresses.size(), 2u);
  table.gone({1, "box"});
  ASSERT_EQ(table.hosts().size(), 1u);
  EXPECT_EQ(table.hosts()[0].addresses[0].to_string(), "10.0.0.2:9777");
  table.gone({2, "box"});
  table.gone({3, "box"});
  EXPECT_TRUE(table.hosts().empty());
}

TEST(HostTable, TwoHostsOfOneNameAreTwoHosts) {
  HostTable table;
  table.found({1, "box"}, sighting(1, "a"));
  table.found({1, "box #2"}, sighting(2, "b"));
  table.found({1, "old"}, sighting(3, ""));
  ASSERT_EQ(table.hosts().size(), 3u);
  EXPECT_EQ(table.hosts()[0].name, "box");
  EXPECT_EQ(table.hosts()[2].name, "old");
}

TEST(HostTable, AnIdThatLooksLikeANameIsNotThatHost) {
  HostTable table;
  table.found({1, "box"}, sighting(1, ""));
  table.found({1, "evil"}, sighting(2, "box"));
  EXPECT_EQ(table.hosts().size(), 2u);
}

TEST(HostTable, ANewerSightingReplacesTheOlder) {
  HostTable table;
  table.found({1, "box"}, sighting(1, "a"));
  table.found({1, "box"}, sighting(9, "a"));
  ASSERT_EQ(table.hosts().size(), 1u);
  EXPECT_EQ(table.hosts()[0].addresses[0].to_string(), "10.0.0.9:9777");
  table.clear();
  EXPECT_TRUE(table.hosts().empty());
}

TEST(HostTable, OtherProtocolsAreNotShownAndSilentHostsAre) {
  HostTable table;
  table.found({1, "a"}, sighting(1, "a", "somethingelse/1"));
  table.found({1, "b"}, sighting(2, "b", ""));
  table.found({1, "c"}, sighting(3, "c", "punktfunk/2"));
  ASSERT_EQ(table.hosts().size(), 2u);
  EXPECT_EQ(table.hosts()[0].name, "b");
}

TEST(HostTable, NamesAreFreeOfControlCharacters) {
  HostTable table;
  table.found({1, "a\x1b[2Jb"}, sighting(1, "a"));
  EXPECT_EQ(table.hosts()[0].name, "a [2Jb");
}

}  // namespace
}  // namespace pf::discovery
