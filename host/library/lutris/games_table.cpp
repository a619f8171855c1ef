#include "host/library/lutris/games_table.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

#include "host/library/entry.h"

namespace pf::library::lutris {
namespace {

// Reading 5000 rows takes some hundred thousand steps of SQLite's machine; a second has 10^8.
constexpr int kStepsBetweenLooks = 10'000;
constexpr int kMaxLooks = 2'000;
constexpr int kMaxTextBytes = 64 * 1024;  // of one value
constexpr std::size_t kHeaderBytes = 100;

struct CloseDatabase {
  void operator()(sqlite3* open) const { sqlite3_close_v2(open); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Failure broken(sqlite3* database) {
  return fail(ErrorKind::malformed, "its database cannot be read: {}", sqlite3_errmsg(database));
}

// Says no after so many looks.
int count_look(void* looks) { return ++*static_cast<int*>(looks) > kMaxLooks ? 1 : 0; }

Result<Database> open(Bytes bytes, int& looks) {
  sqlite3* opened = nullptr;
  const int outcome = sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE, nullptr);
  Database database(opened);
  if (outcome != SQLITE_OK || bytes.size() < kHeaderBytes)
    return fail(ErrorKind::malformed, "it is no database");
  sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, kMaxTextBytes);
  sqlite3_limit(opened, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(opened, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_progress_handler(opened, kStepsBetweenLooks, count_look, &looks);
  auto* const copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size()));
  if (copy == nullptr) return fail(ErrorKind::exhausted, "no memory for its database");
  std::memcpy(copy, bytes.data(), bytes.size());
  // One with a write-ahead log says so in two bytes (fileformat2.html section 1.3.3), and then
  // wants files beside it. What is in its main file is read: all but the last changes.
  copy[18] = copy[19] = 1;
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  if (sqlite3_deserialize(opened, "main", copy, size, size,
                          SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY) !=
      SQLITE_OK)
    return broken(opened);
  return database;
}

Result<Statement> prepare(sqlite3* database, const char* query) {
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v2(database, query, -1, &made, nullptr) != SQLITE_OK) return broken(database);
  return Statement(made);
}

std::string text(sqlite3_stmt* row, int column) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  const int count = sqlite3_column_bytes(row, column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(count));
}

Game game_of(sqlite3_stmt* row) {
  Game game{.id = sqlite3_column_int64(row, 0),
            .name = text(row, 1),
            .slug = text(row, 2),
            .runner = text(row, 3),
            .config = text(row, 4),
            .service_id = text(row, 7),
            .installed = sqlite3_column_int64(row, 5) == 1,
            .last_played_s = {}};
  if (const std::int64_t at_s = sqlite3_column_int64(row, 6); at_s > 0) game.last_played_s = at_s;
  return game;
}

}  // namespace

Result<std::vector<Game>> read_games(Bytes bytes, std::size_t most) {
  int looks = 0;
  PF_TRY(const Database database, open(bytes, looks));
  // Lutris before 0.5.9 has no services.
  auto statement = prepare(database.get(),
                           "SELECT id, name, slug, runner, configpath, installed, lastplayed, "
                           "service_id FROM games ORDER BY id");
  if (!statement)
    statement = prepare(database.get(),
                        "SELECT id, name, slug, runner, configpath, installed, lastplayed, '' "
                        "FROM games ORDER BY id");
  if (!statement) return tl::unexpected(statement.error());
  std::vector<Game> games;
  while (games.size() < most) {
    const int outcome = sqlite3_step(statement->get());
    if (outcome == SQLITE_DONE) break;
    if (outcome != SQLITE_ROW) return broken(database.get());
    games.push_back(game_of(statement->get()));
  }
  return games;
}

}  // namespace pf::library::lutris
