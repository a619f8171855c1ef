#include "host/apps/catalogue.h"

#include <gtest/gtest.h>

namespace pf::apps {
namespace {

config::HostConfig with(std::vector<std::string> names) {
  config::HostConfig config;
  for (std::string& name : names) {
    config::AppConfig app;
    app.name = std::move(name);
    app.command = {"true"};
    config.apps.push_back(std::move(app));
  }
  return config;
}

TEST(Catalogue, HasADesktopWhateverTheConfigurationSays) {
  config::HostConfig config;
  config.desktop.command = {"foot"};
  const auto catalogue = Catalogue::make(config);
  ASSERT_TRUE(catalogue);
  ASSERT_EQ(catalogue->apps().size(), 1u);
  EXPECT_EQ(catalogue->desktop().name, "Desktop");
  EXPECT_EQ(catalogue->desktop().command, (std::vector<std::string>{"foot"}));
}

TEST(Catalogue, KeepsTheOrderOfTheConfiguration) {
  const auto catalogue = Catalogue::make(with({"b", "a"}));
  ASSERT_TRUE(catalogue);
  ASSERT_EQ(catalogue->apps().size(), 3u);
  EXPECT_EQ(catalogue->apps()[1].name, "b");
  EXPECT_EQ(catalogue->apps()[2].name, "a");
}

// Clients remember them.
TEST(Catalogue, IdsStayWhatTheyAre) {
  EXPECT_EQ(id_of("Desktop"), AppId{1679907923});
  EXPECT_EQ(id_of("Steam"), AppId{910195603});
  EXPECT_NE(id_of(""), AppId{0});
}

TEST(Catalogue, FindsByIdByNameAndByWrittenId) {
  const auto catalogue = Catalogue::make(with({"Steam", "7"}));
  ASSERT_TRUE(catalogue);
  const App* steam = catalogue->find(id_of("Steam"));
  ASSERT_NE(steam, nullptr);
  EXPECT_EQ(steam->name, "Steam");
  EXPECT_EQ(catalogue->find("Steam"), steam);
  EXPECT_EQ(catalogue->find(std::to_string(static_cast<std::uint32_t>(steam->id))), steam);
  EXPECT_EQ(catalogue->find("7"), &catalogue->apps()[2]) << "names go before numbers";
  for (const char* nothing : {"", "steam", "0", "-1", "4294967296", "12x"})
    EXPECT_EQ(catalogue->find(std::string_view(nothing)), nullptr) << nothing;
}

TEST(Catalogue, RefusesTwoOfOneNumber) {
  const auto catalogue = Catalogue::make(with({"a", "a"}));
  ASSERT_FALSE(catalogue);
  EXPECT_EQ(catalogue.error().kind, ErrorKind::malformed);
  EXPECT_NE(catalogue.error().what.find("rename one"), std::string::npos);
}

library::Entry entry(std::string id, std::string title) {
  library::Entry made;
  made.source = id.substr(0, id.find(':'));
  made.id = std::move(id);
  made.title = std::move(title);
  made.command = {"steam", "steam://rungameid/570"};
  return made;
}

TEST(Catalogue, HasWhatTheLibraryFoundBehindTheConfigurations) {
  std::vector<library::Entry> found{entry("steam:570", "Dota 2"), entry("custom:a", "a"),
                                    entry("steam:620", "Portal 2")};
  found[2].installed = false;
  const auto catalogue = Catalogue::make(with({"a"}), found);
  ASSERT_TRUE(catalogue);
  ASSERT_EQ(catalogue->apps().size(), 3u);  // the desktop, a, Dota 2
  const App& dota = catalogue->apps()[2];
  EXPECT_EQ(dota.name, "Dota 2");
  EXPECT_EQ(dota.command, found[0].command);
  EXPECT_EQ(dota.id, id_of("steam:570"));
  EXPECT_EQ(catalogue->find("Dota 2"), &dota);
  EXPECT_EQ(catalogue->find("steam:570"), &dota);
  EXPECT_EQ(catalogue->find(std::to_string(static_cast<std::uint32_t>(dota.id))), &dota);
  EXPECT_EQ(catalogue->find("custom:a"), catalogue->find("a"));
  EXPECT_EQ(catalogue->find(""), nullptr);
  EXPECT_EQ(catalogue->find("steam:620"), nullptr);
}

TEST(Catalogue, KeepsItsNumbersWhateverALibraryIsCalled) {
  // An application of the configuration that took an entry's id as its name.
  const std::vector<library::Entry> found{entry("steam:570", "Dota 2")};
  const auto catalogue = Catalogue::make(with({"steam:570"}), found);
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(catalogue->apps().size(), 2u);
  EXPECT_EQ(id_of(found[0], with({"a"})), id_of("steam:570"));
  EXPECT_EQ(id_of(entry("custom:a", "A"), with({"a"})), id_of("a"));
}

}  // namespace
}  // namespace pf::apps
