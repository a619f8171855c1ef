// Lutris: the games in its database that it has installed, or knows. Lutris itself starts them, by
// its number of them.
#include "host/library/art_file.h"
#include "host/library/foreign_files.h"
#include "host/library/lutris/games_table.h"
#include "host/library/source.h"

namespace pf::library::lutris {
namespace {

constexpr std::size_t kMaxDatabaseBytes = 64 << 20;  // with ten thousand games it has five

struct Installation {
  std::string data;                     // pga.db, coverart, banners; since 0.5.18 pictures lie here
  std::string cache;                    // where they lay before
  std::vector<std::string> game_files;  // folders of what Lutris knows about how to start each
  std::string icons;                    // a folder as $XDG_DATA_HOME
  std::vector<std::string> command;
};

std::vector<Installation> installations(const Places& places) {
  const std::string inside = places.home + "/.var/app/net.lutris.Lutris";
  std::vector<Installation> all{
      {.data = places.data_home + "/lutris",
       .cache = places.cache_home + "/lutris",
       .game_files = {places.data_home + "/lutris/games", places.config_home + "/lutris/games"},
       .icons = places.data_home,
       .command = {"lutris"}},
      {.data = inside + "/data/lutris",
       .cache = inside + "/cache/lutris",
       .game_files = {inside + "/data/lutris/games", inside + "/config/lutris/games"},
       .icons = inside + "/data",
       .command = {"flatpak", "run", "net.lutris.Lutris"}}};
  std::erase_if(all, [](const Installation& one) { return !file_facts(one.data + "/pga.db"); });
  return all;
}

// What starts it stands in a file of its own; without that, Lutris cannot.
bool has_game_file(const Installation& lutris, const std::string& config) {
  if (!is_plain_name(config)) return false;
  for (const std::string& folder : lutris.game_files)
    if (file_facts(fmt::format("{}/{}.yml", folder, config))) return true;
  return false;
}

std::vector<std::string> pictures(const Installation& lutris, const char* folder,
                                  const std::string& slug) {
  std::vector<std::string> paths;
  for (const std::string& place : {lutris.data, lutris.cache})
    for (const char* ending : {"jpg", "png"})
      paths.push_back(fmt::format("{}/{}/{}.{}", place, folder, slug, ending));
  return paths;
}

void add_art(Entry& entry, const Installation& lutris, const std::string& slug, Found& found) {
  if (!is_plain_name(slug)) return;
  const auto put = [&](ArtKind kind, const std::vector<std::string>& paths) {
    entry.art[static_cast<std::size_t>(kind)] = first_art(paths, found);
  };
  put(ArtKind::poster, pictures(lutris, "coverart", slug));
  put(ArtKind::hero, pictures(lutris, "banners", slug));
  put(ArtKind::icon,
      {fmt::format("{}/icons/hicolor/128x128/apps/lutris_{}.png", lutris.icons, slug)});
}

Entry entry_of(const Game& game, const Installation& lutris, Found& found) {
  Entry entry;
  entry.id = make_id("lutris", fmt::format("{}", game.id));
  entry.source = "lutris";
  entry.title = clean_title(game.name, game.slug);
  entry.command = lutris.command;
  entry.command.push_back(fmt::format("lutris:rungameid/{}", game.id));
  entry.installed = game.installed && has_game_file(lutris, game.config);
  entry.last_played_s = game.last_played_s;
  if (game.runner == "steam" && !game.service_id.empty())
    entry.stands_for = make_id("steam", game.service_id);
  add_art(entry, lutris, game.slug, found);
  return entry;
}

}  // namespace

Result<Found> scan(const Query& query) {
  const auto all = installations(query.places);
  if (all.empty()) return fail(ErrorKind::unavailable, "Lutris is not installed");
  Found found;
  std::optional<Error> unreadable;
  bool read = false;
  for (const Installation& lutris : all) {
    const std::string path = lutris.data + "/pga.db";
    const auto bytes = read_foreign_file(path, kMaxDatabaseBytes);
    const auto games = bytes ? read_games(as_bytes(*bytes), kMaxEntries)
                             : Result<std::vector<Game>>(tl::unexpected(bytes.error()));
    if (!games) {
      unreadable = games.error();
      found.note(fmt::format("{}: {}", path, games.error().what));
      continue;
    }
    for (const Game& game : *games) {
      // A second installation numbers its games anew: those of the first stay.
      const bool taken =
          read && std::any_of(found.entries.begin(), found.entries.end(), [&](const Entry& one) {
            return one.id == make_id("lutris", fmt::format("{}", game.id));
          });
      if (!taken && found.entries.size() < kMaxEntries)
        found.entries.push_back(entry_of(game, lutris, found));
    }
    read = true;
  }
  if (!read) return tl::unexpected(*unreadable);
  return found;
}

}  // namespace pf::library::lutris
