#include <gtest/gtest.h>

#include "host/library/source.h"
#include "host/library/tree_testing.h"

namespace pf::library {
namespace {

class Flatpak : public testing::Test {
 protected:
  void install(std::string_view where, const std::string& id, std::string_view category,
               bool deployed = true) {
    const std::string active = fmt::format("{}/app/{}/current/active", where, id);
    const std::string menu = fmt::format("export/share/applications/{}.desktop", id);
    tree_.write(active + "/" + menu,
                fmt::format("[Desktop Entry]\nType=Application\nName={0}\nCategories={1};\n"
                            "Exec=/usr/bin/flatpak run --branch=stable --command=game {0} "
                            "@@u %u @@\nIcon={0}\nX-Flatpak={0}\n",
                            id, category));
    if (deployed) tree_.write(active + "/metadata", fmt::format("[Application]\nname={}\n", id));
    tree_.link(fmt::format("{}/exports/share/applications/{}.desktop", where, id),
               tree_.path(active + "/" + menu));
  }
  const std::string own_ = ".local/share/flatpak", machine_ = "var/lib/flatpak";
  Tree tree_;
};

TEST_F(Flatpak, ListsInstalledGamesOfUserAndMachine) {
  install(own_, "org.game.One", "Game");
  install(machine_, "org.game.Two", "Game");
  install(machine_, "org.tool.Three", "Utility");
  install(machine_, "org.game.Four", "Game", false);
  tree_.write(machine_ + "/exports/share/icons/hicolor/128x128/apps/org.game.Two.png",
              png_head(128, 128));
  const auto found = flatpak::scan(tree_.query());
  ASSERT_TRUE(found) << found.error().what;
  ASSERT_EQ(found->entries.size(), 3u);
  const Entry* const two = entry_named(*found, "flatpak:org.game.Two");
  ASSERT_NE(two, nullptr);
  EXPECT_TRUE(two->installed);
  EXPECT_EQ(two->command.front(), "/usr/bin/flatpak");
  EXPECT_EQ(two->command.back(), "org.game.Two");
  EXPECT_TRUE(two->picture(ArtKind::icon));
  EXPECT_FALSE(entry_named(*found, "flatpak:org.game.Four")->installed);
}

TEST_F(Flatpak, LeavesOutWhatItsMenuFileNoLongerHas) {
  install(own_, "org.game.One", "Game");
  tree_.link(own_ + "/exports/share/applications/gone.desktop", tree_.path("nowhere"));
  const auto found = flatpak::scan(tree_.query());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->entries.size(), 1u);
  EXPECT_EQ(found->notes.size(), 1u);
}

TEST_F(Flatpak, IsAbsentWhereNothingIsInstalled) {
  EXPECT_EQ(flatpak::scan(tree_.query()).error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace pf::library
