#include <gtest/gtest.h>

#include "core/base/hex.h"
#include "core/crypto/sha256.h"
#include "host/library/heroic/stores.h"
#include "host/library/source.h"
#include "host/library/tree_testing.h"

namespace pf::library {
namespace {

using Words = std::vector<std::string>;

class Heroic : public testing::Test {
 protected:
  void write(std::string_view below, std::string_view json) {
    tree_.write(".config/heroic/" + std::string(below), json);
  }
  Found scan() {
    auto found = heroic::scan(tree_.query());
    EXPECT_TRUE(found) << found.error().what;
    return found ? *found : Found{};
  }
  Tree tree_;
};

TEST_F(Heroic, ListsTheGamesOfItsStores) {
  write("store_cache/legendary_library.json",
        R"({"library": [{"app_name": "Fortnite", "title": "Fortnite",
            "art_square": "https://cdn.example/f.jpg", "is_installed": false},
            {"app_name": "Hidden", "title": "Only owned"}]})");
  write("legendaryConfig/legendary/installed.json",
        R"({"Fortnite": {"app_name": "Fortnite", "title": "Fortnite"}})");
  write("images-cache/" +
            to_hex(crypto::sha256(as_bytes("https://cdn.example/f.jpg?h=400&resize=1&w=300"))),
        jpeg_head(300, 400));
  write("store_cache/gog_library.json",
        R"({"games": [{"app_name": "1207658924", "title": "Unreal"}]})");
  write("gog_store/installed.json", R"({"installed": [{"appName": "1207658924"}]})");
  write("nile_config/nile/library.json",
        R"([{"product": {"id": "amzn1.adg.product.x", "title": "Amazon's"}}])");
  write("nile_config/nile/installed.json", R"([{"id": "amzn1.adg.product.x", "path": "/x"}])");
  const std::string cover = tree_.write("cover.png", png_head(600, 900));
  write("sideload_apps/library.json",
        fmt::format(R"({{"games": [{{"app_name": "own1", "title": "Own", "is_installed": true,
                        "art_square": "file://{}"}}]}})",
                    cover));
  write("store/timestamp.json", R"({"Fortnite": {"lastPlayed": "2023-11-14T22:13:20.000Z"}})");
  const Found found = scan();
  EXPECT_TRUE(found.notes.empty()) << found.notes.front();
  ASSERT_EQ(found.entries.size(), 5u);
  const Entry* const epic = entry_named(found, "heroic:Fortnite");
  ASSERT_NE(epic, nullptr);
  EXPECT_TRUE(epic->installed);
  EXPECT_EQ(epic->last_played_s, 1'700'000'000);
  EXPECT_EQ(epic->command, (Words{"heroic", "--no-gui", "heroic://launch/legendary/Fortnite"}));
  ASSERT_TRUE(epic->picture(ArtKind::poster));
  EXPECT_FALSE(entry_named(found, "heroic:Hidden")->installed);
  EXPECT_EQ(entry_named(found, "heroic:1207658924")->command.back(),
            "heroic://launch/gog/1207658924");
  EXPECT_TRUE(entry_named(found, "heroic:1207658924")->installed);
  EXPECT_EQ(entry_named(found, "heroic:amzn1.adg.product.x")->title, "Amazon's");
  EXPECT_TRUE(entry_named(found, "heroic:own1")->picture(ArtKind::poster));
}

TEST_F(Heroic, StartsWhatOnlyTheListOfInstalledKnows) {
  write("legendaryConfig/legendary/installed.json", R"({"abc": {"title": "Still here"}})");
  const Found found = scan();
  ASSERT_EQ(found.entries.size(), 1u);
  EXPECT_EQ(found.entries[0].title, "Still here");
  EXPECT_TRUE(found.entries[0].installed);
}

TEST_F(Heroic, BrokenListsCostANote) {
  write("store_cache/legendary_library.json", "{\"library\": [");
  write("store_cache/gog_library.json", "[[[[]]]]");
  write("gog_store/installed.json", "17");
  write("store/timestamp.json", R"({"a": {"lastPlayed": "yesterday"}, "b": 3})");
  write("sideload_apps/library.json",
        R"({"games": [{"app_name": "../../x", "title": "t"}, {"app_name": "a&b"}, {"title": 3}, 4,
            {"app_name": ["x"]}, {"app_name": "ok", "title": {"a": 1}, "art_square": "/etc/passwd"}]})");
  const Found found = scan();
  ASSERT_EQ(found.entries.size(), 1u);
  EXPECT_EQ(found.entries[0].title, "ok");
  EXPECT_FALSE(found.entries[0].picture(ArtKind::poster));
  EXPECT_EQ(found.notes.size(), 3u);  // two lists, and the picture
}

TEST_F(Heroic, IsAbsentWhereNobodyInstalledIt) {
  EXPECT_EQ(heroic::scan(tree_.query()).error().kind, ErrorKind::unavailable);
}

TEST(HeroicStores, RefuseJsonThatIsDeepEnoughToExhaustTheStack) {
  EXPECT_FALSE(heroic::parse_games(std::string(1'000'000, '[')));
  const std::string closed = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_FALSE(heroic::parse_games(closed));
}

}  // namespace
}  // namespace pf::library
