#include <gtest/gtest.h>
#include <sqlite3.h>

#include "host/library/lutris/games_table.h"
#include "host/library/source.h"
#include "host/library/tree_testing.h"

namespace pf::library {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kTable =
    "CREATE TABLE games (id INTEGER PRIMARY KEY, name TEXT, slug TEXT, runner TEXT, "
    "configpath TEXT, installed INTEGER, lastplayed INTEGER, service TEXT, service_id TEXT);";

class Lutris : public testing::Test {
 protected:
  // As a database file, by the library itself.
  std::string make_database(const std::string& below, const std::string& statements) {
    const std::string path = tree_.write(below, "");
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    char* reason = nullptr;
    EXPECT_EQ(sqlite3_exec(database, statements.c_str(), nullptr, nullptr, &reason), SQLITE_OK)
        << reason;
    sqlite3_close(database);
    return path;
  }
  Result<Found> scan() { return lutris::scan(tree_.query()); }
  const std::string data_ = ".local/share/lutris/";
  Tree tree_;
};

TEST_F(Lutris, ListsItsGamesWithTheirPictures) {
  make_database(data_ + "pga.db",
                std::string(kTable) +
                    "INSERT INTO games VALUES (3, 'Quake', 'quake', 'linux', 'quake-1', 1, "
                    "1700000000, NULL, NULL);"
                    "INSERT INTO games VALUES (4, 'Not here', 'not-here', 'wine', NULL, 0, NULL, "
                    "NULL, NULL);"
                    "INSERT INTO games VALUES (5, 'Portal 2', 'portal-2', 'steam', 'p-1', 1, NULL, "
                    "'steam', '620');"
                    "INSERT INTO games VALUES (6, 'No file', '../../etc/passwd', 'linux', "
                    "'../../etc/passwd', 1, NULL, NULL, NULL);");
  tree_.write(data_ + "games/quake-1.yml", "game: {}\n");
  tree_.write(".config/lutris/games/p-1.yml", "game: {}\n");
  tree_.write(data_ + "coverart/quake.jpg", jpeg_head(600, 800));
  tree_.write(".cache/lutris/banners/quake.jpg", jpeg_head(184, 69));
  tree_.write(".local/share/icons/hicolor/128x128/apps/lutris_quake.png", png_head(128, 128));
  const auto found = scan();
  ASSERT_TRUE(found) << found.error().what;
  ASSERT_EQ(found->entries.size(), 4u);
  const Entry* const quake = entry_named(*found, "lutris:3");
  ASSERT_NE(quake, nullptr);
  EXPECT_EQ(quake->title, "Quake");
  EXPECT_EQ(quake->command, (Words{"lutris", "lutris:rungameid/3"}));
  EXPECT_TRUE(quake->installed);
  EXPECT_EQ(quake->last_played_s, 1'700'000'000);
  EXPECT_TRUE(quake->picture(ArtKind::poster));
  EXPECT_TRUE(quake->picture(ArtKind::hero));
  EXPECT_TRUE(quake->picture(ArtKind::icon));
  EXPECT_FALSE(entry_named(*found, "lutris:4")->installed);
  EXPECT_EQ(entry_named(*found, "lutris:5")->stands_for, "steam:620");
  EXPECT_TRUE(entry_named(*found, "lutris:5")->installed);
  EXPECT_FALSE(entry_named(*found, "lutris:6")->installed);
}

TEST_F(Lutris, ReadsOldDatabasesAndThoseWithALog) {
  make_database(data_ + "pga.db",
                "PRAGMA journal_mode=WAL; CREATE TABLE games (id INTEGER PRIMARY KEY, name TEXT, "
                "slug TEXT, runner TEXT, configpath TEXT, installed INTEGER, lastplayed INTEGER);"
                "INSERT INTO games VALUES (1, 'Old', 'old', 'linux', 'old', 1, 0);");
  const auto found = scan();
  ASSERT_TRUE(found) << found.error().what;
  ASSERT_EQ(found->entries.size(), 1u);
  EXPECT_EQ(found->entries[0].last_played_s, std::nullopt);
}

TEST_F(Lutris, RefusesWhatIsNoDatabaseOfItsOwn) {
  EXPECT_EQ(scan().error().kind, ErrorKind::unavailable);
  tree_.write(data_ + "pga.db", "SQLite format 3");
  EXPECT_EQ(scan().error().kind, ErrorKind::malformed);
  tree_.write(data_ + "pga.db", std::string(5000, 'x'));
  EXPECT_EQ(scan().error().kind, ErrorKind::malformed);
  make_database(data_ + "other.db", "CREATE TABLE t (x);");
  std::filesystem::rename(tree_.path(data_ + "other.db"), tree_.path(data_ + "pga.db"));
  EXPECT_EQ(scan().error().kind, ErrorKind::malformed);
}

TEST_F(Lutris, EndsATableThatCountsForEver) {
  make_database(
      data_ + "pga.db",
      "CREATE VIEW games AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) "
      "SELECT i AS id, 'x' AS name, 'x' AS slug, 'x' AS runner, 'x' AS configpath, 1 AS "
      "installed, 0 AS lastplayed, '' AS service_id FROM n WHERE i < 0;");
  const auto found = scan();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::malformed);
}

TEST_F(Lutris, FlatpaksHaveAPlaceOfTheirOwn) {
  make_database(
      ".var/app/net.lutris.Lutris/data/lutris/pga.db",
      std::string(kTable) +
          "INSERT INTO games VALUES (3, 'Quake', 'quake', 'linux', 'quake-1', 1, 0, NULL, "
          "NULL);");
  const auto found = scan();
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->entries[0].command,
            (Words{"flatpak", "run", "net.lutris.Lutris", "lutris:rungameid/3"}));
}

}  // namespace
}  // namespace pf::library
