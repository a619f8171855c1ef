#include "host/discovery/announcer.h"

#include <gtest/gtest.h>

namespace pf::discovery {
namespace {

Announcement named(const std::string& display_name) {
  return {.display_name = display_name,
          .listen = Endpoint::any(9777),
          .advert = {},
          .gamestream = Endpoint::any(47'989)};
}

TEST(Announcement, TellsMoonlightClientsOnlyWhereTheyAreServed) {
  Announcement announcement = named("den");
  ASSERT_EQ(services_of(announcement).size(), 2u);
  EXPECT_EQ(services_of(announcement)[1].type, "_nvstream._tcp");
  EXPECT_EQ(services_of(announcement)[1].port, 47'989);
  announcement.gamestream.reset();
  EXPECT_EQ(services_of(announcement).size(), 1u);
}

TEST(Announcement, HasANameThatMoonlightClientsTake) {
  const auto name = [](const std::string& display_name) {
    return services_of(named(display_name))[1].name;
  };
  EXPECT_EQ(name("den"), "den");
  EXPECT_EQ(name("Living Room"), "Living-Room");
  EXPECT_EQ(name("Anna's PC"), "Anna");
  EXPECT_EQ(name("\xC3\x9C"), "punktfunk");
  EXPECT_EQ(name(std::string(80, 'a')).size(), 63u);
}

}  // namespace
}  // namespace pf::discovery
