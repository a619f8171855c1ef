#include <gtest/gtest.h>

#include "host/library/source.h"
#include "host/library/tree_testing.h"

namespace pf::library {
namespace {

using Words = std::vector<std::string>;

class DesktopEntries : public testing::Test {
 protected:
  void menu(std::string_view below, std::string_view keys) {
    tree_.write(below, fmt::format("[Desktop Entry]\nType=Application\n{}\n", keys));
  }
  Found scan(bool all = false) {
    Query query = tree_.query();
    query.all_desktop_entries = all;
    auto found = desktop::scan(query);
    EXPECT_TRUE(found) << found.error().what;
    return found ? *found : Found{};
  }
  const std::string own_ = ".local/share/applications/", machine_ = "usr/share/applications/";
  Tree tree_;
};

TEST_F(DesktopEntries, AreGamesUnlessAllAreWanted) {
  menu(machine_ + "org.gnome.Chess.desktop",
       "Name=Chess\nExec=gnome-chess %U\nCategories=Game;BoardGame;\nIcon=org.gnome.Chess\n"
       "Path=/tmp");
  menu(machine_ + "org.gnome.Maps.desktop", "Name=Maps\nExec=gnome-maps\nCategories=Utility;");
  menu(machine_ + "hidden.desktop", "Name=x\nExec=x\nCategories=Game;\nNoDisplay=true");
  menu(machine_ + "terminal.desktop", "Name=x\nExec=x\nCategories=Game;\nTerminal=true");
  menu(machine_ + "flat.desktop", "Name=x\nExec=x\nCategories=Game;\nX-Flatpak=org.x.Y");
  tree_.write("usr/share/icons/hicolor/128x128/apps/org.gnome.Chess.png", png_head(128, 128));
  const Found games = scan();
  ASSERT_EQ(games.entries.size(), 1u);
  const Entry& chess = games.entries[0];
  EXPECT_EQ(chess.id, "desktop:org.gnome.Chess");
  EXPECT_EQ(chess.command, (Words{"gnome-chess"}));
  EXPECT_EQ(chess.working_folder, "/tmp");
  ASSERT_TRUE(chess.picture(ArtKind::icon));
  EXPECT_EQ(chess.picture(ArtKind::icon)->size_px, (SizePx{128, 128}));
  EXPECT_EQ(scan(true).entries.size(), 2u);
}

TEST_F(DesktopEntries, OnesOwnComeBeforeTheMachines) {
  menu(own_ + "a.desktop", "Name=Mine\nExec=mine\nCategories=Game;");
  menu(machine_ + "a.desktop", "Name=Theirs\nExec=theirs\nCategories=Game;");
  menu(machine_ + "maker/b.desktop", "Name=Below\nExec=b\nCategories=Game;");
  const Found found = scan();
  ASSERT_EQ(found.entries.size(), 2u);
  EXPECT_EQ(entry_named(found, "desktop:a")->title, "Mine");
  EXPECT_NE(entry_named(found, "desktop:maker-b"), nullptr);
}

TEST_F(DesktopEntries, OfOtherLaunchersSayWhatTheyStandFor) {
  menu(own_ + "Portal 2.desktop",
       "Name=Portal 2\nExec=steam steam://rungameid/620\nCategories=Game;");
  const Found found = scan();
  ASSERT_EQ(found.entries.size(), 1u);
  EXPECT_EQ(found.entries[0].stands_for, "steam:620");
}

TEST_F(DesktopEntries, MayBeBrokenLoopedAndHostile) {
  menu(own_ + "good.desktop", "Name=Good\nExec=good\nCategories=Game;\nIcon=../../../etc/passwd");
  menu(own_ + "icon.desktop", "Name=Icon\nExec=x\nCategories=Game;\nIcon=/etc/passwd");
  menu(own_ + "quote.desktop", "Name=x\nExec=\"x\nCategories=Game;");
  tree_.write(own_ + "binary.desktop", std::string_view("\x7f"
                                                        "ELF\0\1\2",
                                                        7));
  tree_.hole(own_ + "huge.desktop", 100 << 20, "[Desktop Entry]\n");
  tree_.fifo(own_ + "fifo.desktop");
  tree_.link(own_ + "loop.desktop", "loop.desktop");
  tree_.link(own_ + "round", tree_.path(".local/share/applications"));
  tree_.link(own_ + "up/and/up", tree_.path(".local/share"));
  const Found found = scan();
  EXPECT_EQ(found.entries.size(), 2u);
  ASSERT_NE(entry_named(found, "desktop:icon"), nullptr);
  EXPECT_FALSE(entry_named(found, "desktop:icon")->picture(ArtKind::icon));
  EXPECT_FALSE(entry_named(found, "desktop:good")->picture(ArtKind::icon));
  EXPECT_EQ(found.notes.size(), 6u);
}

TEST_F(DesktopEntries, AreAbsentWithoutMenus) {
  EXPECT_EQ(desktop::scan(tree_.query()).error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace pf::library
