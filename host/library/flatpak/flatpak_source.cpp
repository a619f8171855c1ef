// Games that are installed as Flatpaks, by the menu files that Flatpak makes of them.
#include "host/library/art_file.h"
#include "host/library/foreign_files.h"
#include "host/library/menu_folder.h"
#include "host/library/source.h"

namespace pf::library::flatpak {
namespace {

// Launchers are categorised as games as well, and shown: who wants one game of theirs chooses the
// game, which the other sources have.
bool is_game(const DesktopEntry& entry) {
  return entry.type == "Application" && !entry.hidden && !entry.terminal &&
         !entry.flatpak.empty() && is_plain_name(entry.flatpak) && entry.has_category("Game");
}

// What is installed has its metadata there; a menu file may outlive it.
bool is_installed(const std::string& id, const std::vector<std::string>& installations) {
  for (const std::string& folder : installations)
    if (file_facts(fmt::format("{}/app/{}/current/active/metadata", folder, id))) return true;
  return false;
}

}  // namespace

Result<Found> scan(const Query& query) {
  std::vector<std::string> installations, data_dirs;
  for (const std::string& folder :
       {query.places.data_home + "/flatpak", query.places.flatpak_system}) {
    if (!is_folder(folder + "/exports/share/applications")) continue;
    installations.push_back(folder);
    data_dirs.push_back(folder + "/exports/share");
  }
  if (installations.empty()) return fail(ErrorKind::unavailable, "nothing is installed by Flatpak");
  Found found;
  Menu menu;
  for (const std::string& folder : data_dirs)
    add_menu_folder(folder + "/applications", menu, found);
  for (const auto& item : menu) {
    const MenuFile& file = item.second;
    if (!is_game(file.entry)) continue;
    auto command = command_of(file.entry, file.path);
    if (!command) {
      found.note(fmt::format("{}: {}", file.path, command.error().what));
      continue;
    }
    // Between these Flatpak expects names of files, of which there are none.
    std::erase_if(*command, [](const std::string& word) { return word.starts_with("@@"); });
    Entry entry;
    entry.id = make_id("flatpak", item.first);
    entry.source = "flatpak";
    entry.title = clean_title(file.entry.name, file.entry.flatpak);
    entry.stands_for = stands_for(*command);
    entry.command = *std::move(command);
    entry.installed = is_installed(file.entry.flatpak, installations);
    entry.art[static_cast<std::size_t>(ArtKind::icon)] =
        first_art(icon_paths(file.entry.icon, data_dirs), found);
    found.entries.push_back(std::move(entry));
  }
  return found;
}

}  // namespace pf::library::flatpak
