#include <gtest/gtest.h>

#include "host/library/source.h"
#include "host/library/tree_testing.h"

namespace pf::library {
namespace {

using namespace std::string_literals;
using Words = std::vector<std::string>;

std::string manifest(int number, std::string_view name, int state = 4) {
  return fmt::format(
      "\"AppState\"\n{{\n\t\"appid\"\t\t\"{}\"\n\t\"name\"\t\t\"{}\"\n\t\"StateFlags\"\t\t\"{}\"\n"
      "\t\"LastPlayed\"\t\t\"1700000000\"\n}}\n",
      number, name, state);
}

class Steam : public testing::Test {
 protected:
  void game(std::string_view library, int number, std::string_view name, int state = 4) {
    tree_.write(fmt::format("{}/steamapps/appmanifest_{}.acf", library, number),
                manifest(number, name, state));
  }
  Found scan() {
    auto found = steam::scan(tree_.query());
    EXPECT_TRUE(found) << found.error().what;
    return found ? *found : Found{};
  }
  // Where Steam lies, below the tree.
  const std::string root_ = ".local/share/Steam";
  Tree tree_;
};

TEST_F(Steam, IsAbsentWhereNobodyInstalledIt) {
  const auto found = steam::scan(tree_.query());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::unavailable);
}

TEST_F(Steam, ListsGamesOfAllItsFoldersAndNoTools) {
  game(root_, 570, "Dota 2");
  game(root_, 1493710, "Proton Experimental");
  game(root_, 228980, "Steamworks Common Redistributables");
  game("disk", 620, "Portal 2", 1026);  // an update is under way
  tree_.write(root_ + "/steamapps/libraryfolders.vdf",
              fmt::format("\"libraryfolders\" {{ \"0\" {{ \"path\" \"{0}/.local/share/Steam\" }} "
                          "\"1\" {{ \"path\" \"{0}/disk\" }} \"2\" {{ \"path\" \"{0}/gone\" }} }}",
                          tree_.root()));
  const Found found = scan();
  ASSERT_EQ(found.entries.size(), 2u);
  const Entry* const dota = entry_named(found, "steam:570");
  ASSERT_NE(dota, nullptr);
  EXPECT_EQ(dota->title, "Dota 2");
  EXPECT_EQ(dota->command, (Words{"steam", "steam://rungameid/570"}));
  EXPECT_TRUE(dota->installed);
  EXPECT_EQ(dota->last_played_s, 1'700'000'000);
  ASSERT_NE(entry_named(found, "steam:620"), nullptr);
  EXPECT_FALSE(entry_named(found, "steam:620")->installed);
}

TEST_F(Steam, KnowsOldListsOfFoldersAndFlatpaks) {
  const std::string inside = ".var/app/com.valvesoftware.Steam/data/Steam";
  game(inside, 570, "Dota 2");
  game("disk", 620, "Portal 2");
  tree_.write(
      inside + "/steamapps/libraryfolders.vdf",
      fmt::format("LibraryFolders {{ TimeNextStatsReport 1 \"1\" \"{}/disk\" }}", tree_.root()));
  const Found found = scan();
  ASSERT_EQ(found.entries.size(), 2u);
  EXPECT_EQ(entry_named(found, "steam:620")->command,
            (Words{"flatpak", "run", "com.valvesoftware.Steam", "steam://rungameid/620"}));
}

TEST_F(Steam, ListsShortcutsByTheNumberThatStartsThem) {
  game(root_, 570, "Dota 2");
  tree_.write(root_ + "/userdata/77/config/shortcuts.vdf",
              "\0shortcuts\0\0"s
              "0\0\2appid\0\x15\xCD\x5B\x87\1AppName\0Old Game\0\1Exe\0/bin/game\0\x08"s
              "\0"
              "1\0\1AppName\0Never started\0\x08"s
              "\x08\x08"s);
  const Found found = scan();
  const Entry* const game = entry_named(found, "steam:shortcut-2270940437");
  ASSERT_NE(game, nullptr);
  EXPECT_EQ(game->title, "Old Game");
  EXPECT_EQ(game->command, (Words{"steam", "steam://rungameid/9753614908112502784"}));
  ASSERT_EQ(found.notes.size(), 1u);
  EXPECT_NE(found.notes[0].find("\"Never started\" has no number yet"), std::string::npos);
}

TEST_F(Steam, FindsArtWhereverSteamHasKeptIt) {
  const std::string cache = root_ + "/appcache/librarycache/";
  game(root_, 1, "oldest layout");
  tree_.write(cache + "1_library_600x900.jpg", jpeg_head(600, 900));
  game(root_, 2, "a folder for each");
  tree_.write(cache + "2/library_600x900.jpg", jpeg_head(600, 900));
  tree_.write(cache + "2/0123456789012345678901234567890123456789.jpg", jpeg_head(32, 32));
  game(root_, 3, "a folder for each picture");
  tree_.write(cache + "3/0123456789012345678901234567890123456789/library_capsule.jpg",
              jpeg_head(300, 450));
  tree_.write(cache + "3/9876543210987654321098765432109876543210/library_hero.jpg",
              jpeg_head(1920, 620));
  game(root_, 4, "chosen by the user");
  tree_.write(cache + "4/library_600x900.jpg", jpeg_head(600, 900));
  tree_.write(root_ + "/userdata/77/config/grid/4p.png", png_head(660, 930));
  const Found found = scan();
  const auto poster = [&](const char* id) {
    return entry_named(found, id)->picture(ArtKind::poster);
  };
  ASSERT_TRUE(poster("steam:1") && poster("steam:2") && poster("steam:3") && poster("steam:4"));
  EXPECT_EQ(poster("steam:1")->size_px, (SizePx{600, 900}));
  EXPECT_TRUE(entry_named(found, "steam:2")->picture(ArtKind::icon));
  EXPECT_EQ(poster("steam:3")->size_px, (SizePx{300, 450}));
  EXPECT_EQ(entry_named(found, "steam:3")->picture(ArtKind::hero)->size_px, (SizePx{1920, 620}));
  EXPECT_EQ(poster("steam:4")->format, ImageFormat::png);
}

TEST_F(Steam, BrokenFilesCostTheirOwnGameAndANote) {
  game(root_, 570, "Dota 2");
  tree_.write(root_ + "/steamapps/libraryfolders.vdf", "\"libraryfolders\" {");
  tree_.write(root_ + "/steamapps/appmanifest_1.acf", "\"AppState\" { \"appid\"");
  tree_.write(root_ + "/steamapps/appmanifest_2.acf", "\"AppState\" { \"appid\" \"../../x\" }");
  tree_.write(root_ + "/steamapps/appmanifest_3.acf",
              "\x7f"
              "ELF");
  tree_.hole(root_ + "/steamapps/appmanifest_4.acf", 100 << 20, "\"AppState\" {");
  tree_.fifo(root_ + "/steamapps/appmanifest_5.acf");
  tree_.link(root_ + "/steamapps/appmanifest_6.acf", "appmanifest_6.acf");
  tree_.write(root_ + "/userdata/77/config/shortcuts.vdf", "\0shortcuts\0\0"s);
  tree_.write(root_ + "/appcache/librarycache/570_library_600x900.jpg", "<script>");
  tree_.fifo(root_ + "/userdata/77/config/grid/570_hero.png");
  const Found found = scan();
  ASSERT_EQ(found.entries.size(), 1u);
  EXPECT_EQ(found.entries[0].id, "steam:570");
  EXPECT_FALSE(found.entries[0].picture(ArtKind::poster));
  EXPECT_EQ(found.notes.size(), 10u);
}

TEST_F(Steam, IsReadOnceWhateverLinksLeadToIt) {
  game(root_, 570, "Dota 2");
  tree_.link(".steam/steam", tree_.path(root_));
  tree_.link(".steam/root", tree_.path(root_));
  tree_.link(root_ + "/steamapps/again", tree_.path(root_));
  tree_.write(
      root_ + "/steamapps/libraryfolders.vdf",
      fmt::format("libraryfolders {{ 1 {{ path {}/steamapps/again }} }}", tree_.path(root_)));
  const Found found = scan();
  EXPECT_EQ(found.entries.size(), 1u);
  EXPECT_TRUE(found.notes.empty());
}

TEST_F(Steam, HostileTitlesAreTitles) {
  game(root_, 1, "<img src=x onerror=alert(1)>");
  game(root_, 2,
       "\xE2\x80\xAE"
       "evil");
  game(root_, 3, std::string(100'000, 'x'));
  const Found found = scan();
  EXPECT_EQ(entry_named(found, "steam:1")->title, "<img src=x onerror=alert(1)>");
  EXPECT_EQ(entry_named(found, "steam:2")->title, "evil");
  EXPECT_EQ(entry_named(found, "steam:3")->title.size(), kMaxTitleBytes);
}

TEST_F(Steam, HasHundredsOfGames) {
  for (int number = 1; number <= 700; ++number) game(root_, number, "Game");
  EXPECT_EQ(scan().entries.size(), 700u);
}

}  // namespace
}  // namespace pf::library
