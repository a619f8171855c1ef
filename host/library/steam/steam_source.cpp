// Steam: what it has installed (steamapps/appmanifest_*.acf of each of its folders), and what its
// user has added by hand (shortcuts.vdf). Steam itself starts them: their own programs need it.
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "host/library/foreign_files.h"
#include "host/library/source.h"
#include "host/library/steam/steam_art.h"
#include "host/library/steam/steam_folders.h"
#include "host/library/vdf.h"

namespace pf::library::steam {
namespace {

constexpr std::size_t kMaxManifestBytes = 1 << 20;
constexpr std::size_t kMaxShortcutsBytes = 8 << 20;
// StateFlags, k_EAppStateFullyInstalled.
constexpr std::uint64_t kFullyInstalled = 4;

// Parts of Steam that it installs beside games.
bool is_tool(std::uint64_t number, std::string_view name) {
  constexpr std::array<std::string_view, 3> kBeginnings{"Proton ", "Steam Linux Runtime",
                                                        "Steamworks Common"};
  constexpr std::uint64_t kRedistributables = 228980;
  return number == kRedistributables ||
         std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view one) { return name.starts_with(one); });
}

std::optional<std::int64_t> played(std::optional<std::uint64_t> at_s) {
  constexpr std::uint64_t kMostSeconds = std::uint64_t{1} << 40;  // the year 36812
  if (!at_s || *at_s == 0 || *at_s > kMostSeconds) return std::nullopt;
  return static_cast<std::int64_t>(*at_s);
}

class Library {
 public:
  Library(const Installation& steam, std::set<std::string>& ids, Found& found)
      : steam_(steam), users_(user_folders(steam)), ids_(ids), found_(found) {}

  void read() {
    for (const std::string& folder : library_folders(steam_, found_)) {
      const std::string apps = folder + "/steamapps";
      for (const std::string& name : names_in(apps))
        if (name.starts_with("appmanifest_") && name.ends_with(".acf"))
          read_manifest(fmt::format("{}/{}", apps, name));
    }
    for (const std::string& user : users_) read_shortcuts(user + "/config/shortcuts.vdf");
  }

 private:
  void read_manifest(const std::string& path) {
    const auto text = read_foreign_file(path, kMaxManifestBytes);
    if (!text) return found_.note(text.error().what);
    const auto file = parse_text_vdf(*text);
    if (!file) return found_.note(fmt::format("{}: {}", path, file.error().what));
    const VdfNode* const app = file->find("AppState");
    const auto number = app == nullptr ? std::nullopt : app->number("appid");
    if (!number || *number == 0 || *number > UINT32_MAX)
      return found_.note(fmt::format("{}: it names no game", path));
    if (is_tool(*number, app->text("name"))) return;
    Entry entry = make(fmt::format("{}", *number), app->text("name"), *number);
    entry.installed = (app->number("StateFlags").value_or(0) & kFullyInstalled) != 0;
    entry.last_played_s = played(app->number("LastPlayed"));
    add(std::move(entry), fmt::format("{}", *number));
  }

  void read_shortcuts(const std::string& path) {
    const auto bytes = read_foreign_file(path, kMaxShortcutsBytes);
    if (!bytes) {
      if (bytes.error().kind != ErrorKind::unavailable) found_.note(bytes.error().what);
      return;
    }
    const auto file = parse_binary_vdf(as_bytes(*bytes));
    if (!file) return found_.note(fmt::format("{}: {}", path, file.error().what));
    const VdfNode* const list = file->find("shortcuts");
    if (list == nullptr) return found_.note(fmt::format("{}: it has no shortcuts", path));
    for (const VdfNode& one : list->children) add_shortcut(one, path);
  }

  // Steam knows a shortcut by 64 bits, made of the 32 in the file and what says that it is one.
  void add_shortcut(const VdfNode& shortcut, const std::string& path) {
    constexpr std::uint64_t kIsShortcut = 0x0200'0000;
    const auto number = shortcut.number("appid");
    const std::string_view name = shortcut.text("AppName");
    if (shortcut.text("IsHidden") == "1") return;
    if (!number || *number == 0 || *number > UINT32_MAX)
      return found_.note(fmt::format("{}: \"{}\" has no number yet; start Steam once", path, name));
    Entry entry = make(fmt::format("shortcut-{}", *number), name, *number << 32 | kIsShortcut);
    entry.last_played_s = played(shortcut.number("LastPlayTime"));
    add(std::move(entry), fmt::format("{}", *number));
  }

  Entry make(const std::string& key, std::string_view name, std::uint64_t game) const {
    Entry entry;
    entry.id = make_id("steam", key);
    entry.source = "steam";
    entry.title = clean_title(name, key);
    entry.command = steam_.command;
    entry.command.push_back(fmt::format("steam://rungameid/{}", game));
    return entry;
  }

  void add(Entry entry, const std::string& art_number) {
    if (found_.entries.size() >= kMaxEntries || !ids_.insert(entry.id).second) return;
    add_art(entry, art_number, steam_.root, users_, found_);
    found_.entries.push_back(std::move(entry));
  }

  const Installation& steam_;
  const std::vector<std::string> users_;
  std::set<std::string>& ids_;
  Found& found_;
};

}  // namespace

Result<Found> scan(const Query& query) {
  const auto all = installations(query.places);
  if (all.empty()) return fail(ErrorKind::unavailable, "Steam is not installed");
  Found found;
  std::set<std::string> ids;
  for (const Installation& one : all) Library(one, ids, found).read();
  return found;
}

}  // namespace pf::library::steam
