// Heroic: games of Epic, GOG and Amazon, and those that its user has added by hand ("sideload").
// Heroic itself starts them.
#include <algorithm>
#include <set>

#include "core/base/hex.h"
#include "core/crypto/sha256.h"
#include "host/library/art_file.h"
#include "host/library/foreign_files.h"
#include "host/library/heroic/stores.h"
#include "host/library/source.h"

namespace pf::library::heroic {
namespace {

constexpr std::size_t kMaxListBytes = 32 << 20;  // with descriptions a game has some kilobytes

struct Installation {
  std::string folder;
  std::vector<std::string> command;
  std::string legendary;  // where legendary keeps its list when it is not Heroic's own
};

// A store: how links call it, its games' lists, the best first, and the lists of what is installed.
struct Store {
  const char* runner;
  std::vector<std::string> games, installed;
};

std::vector<Store> stores(const Installation& heroic) {
  const std::string& at = heroic.folder;
  return {
      {"legendary",
       {at + "/store_cache/legendary_library.json"},
       {at + "/legendaryConfig/legendary/installed.json", heroic.legendary + "/installed.json"}},
      {"gog",
       {at + "/store_cache/gog_library.json", at + "/gog_store/library.json"},
       {at + "/gog_store/installed.json"}},
      {"nile",
       {at + "/store_cache/nile_library.json", at + "/nile_config/nile/library.json"},
       {at + "/nile_config/nile/installed.json"}},
      {"sideload", {at + "/sideload_apps/library.json"}, {}}};
}

std::vector<Installation> installations(const Places& places) {
  const std::string inside = places.home + "/.var/app/com.heroicgameslauncher.hgl/config";
  std::vector<Installation> all{
      {places.config_home + "/heroic", {"heroic"}, places.config_home + "/legendary"},
      {inside + "/heroic",
       {"flatpak", "run", "com.heroicgameslauncher.hgl"},
       inside + "/legendary"}};
  std::erase_if(all, [](const Installation& one) { return !is_folder(one.folder); });
  return all;
}

class Library {
 public:
  Library(const Installation& heroic, std::set<std::string>& ids, Found& found)
      : heroic_(heroic), ids_(ids), found_(found) {
    if (const auto text = read(heroic.folder + "/store/timestamp.json"))
      if (auto played = noted(parse_played(*text), heroic.folder + "/store/timestamp.json"))
        played_ = *std::move(played);
  }

  void read_store(const Store& store) {
    std::map<std::string, std::string> installed;
    for (const std::string& path : store.installed)
      if (const auto text = read(path))
        if (auto some = noted(parse_installed(*text), path)) installed.merge(*some);
    for (const std::string& path : store.games)
      if (const auto text = read(path))
        if (const auto games = noted(parse_games(*text), path))
          for (const Game& game : *games)
            add(store, game, game.installed || installed.contains(game.app_name));
    // What no list of games names any more can be started all the same.
    for (const auto& one : installed)
      add(store, {.app_name = one.first, .title = one.second, .poster = {}, .hero = {}}, true);
  }

 private:
  std::optional<std::string> read(const std::string& path) {
    auto text = read_foreign_file(path, kMaxListBytes);
    if (text) return *std::move(text);
    if (text.error().kind != ErrorKind::unavailable) found_.note(text.error().what);
    return std::nullopt;
  }

  template <class T>
  std::optional<T> noted(Result<T> parsed, const std::string& path) {
    if (parsed) return *std::move(parsed);
    found_.note(fmt::format("{}: {}", path, parsed.error().what));
    return std::nullopt;
  }

  void add(const Store& store, const Game& game, bool installed) {
    // It becomes part of a link.
    if (!is_plain_name(game.app_name) || game.app_name.find_first_of("?#%&") != std::string::npos)
      return;
    Entry entry;
    entry.id = make_id("heroic", game.app_name);
    if (found_.entries.size() >= kMaxEntries || !ids_.insert(entry.id).second) return;
    entry.source = "heroic";
    entry.title = clean_title(game.title, game.app_name);
    entry.command = heroic_.command;
    entry.command.push_back("--no-gui");
    entry.command.push_back(fmt::format("heroic://launch/{}/{}", store.runner, game.app_name));
    entry.installed = installed;
    if (const auto at = played_.find(game.app_name); at != played_.end())
      entry.last_played_s = at->second;
    put(entry, ArtKind::poster, pictures(game.poster));
    put(entry, ArtKind::hero, pictures(game.hero));
    put(entry, ArtKind::icon,
        {fmt::format("{}/icons/{}.png", heroic_.folder, game.app_name),
         fmt::format("{}/icons/{}.jpg", heroic_.folder, game.app_name)});
    found_.entries.push_back(std::move(entry));
  }

  void put(Entry& entry, ArtKind kind, const std::vector<std::string>& paths) {
    entry.art[static_cast<std::size_t>(kind)] = first_art(paths, found_);
  }

  // What was fetched lies under the hash of its address, as the window asked for it: Epic's
  // pictures in the size that it shows. We fetch nothing.
  std::vector<std::string> pictures(const std::string& address) const {
    constexpr std::string_view kFile = "file://";
    if (address.starts_with('/')) return {address};
    if (address.starts_with(kFile)) return {address.substr(kFile.size())};
    if (address.empty()) return {};
    std::vector<std::string> paths;
    for (const char* size : {"", "?h=400&resize=1&w=300"}) {
      const std::string asked = address + size;
      paths.push_back(fmt::format("{}/images-cache/{}", heroic_.folder,
                                  to_hex(crypto::sha256(as_bytes(asked)))));
    }
    return paths;
  }

  const Installation& heroic_;
  std::set<std::string>& ids_;
  Found& found_;
  std::map<std::string, std::int64_t> played_;
};

}  // namespace

Result<Found> scan(const Query& query) {
  const auto all = installations(query.places);
  if (all.empty()) return fail(ErrorKind::unavailable, "Heroic is not installed");
  Found found;
  std::set<std::string> ids;
  for (const Installation& one : all) {
    Library library(one, ids, found);
    for (const Store& store : stores(one)) library.read_store(store);
  }
  return found;
}

}  // namespace pf::library::heroic
