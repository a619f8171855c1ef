// What the menus of this machine show: games, or all programs where the settings say so.
#include "host/library/art_file.h"
#include "host/library/foreign_files.h"
#include "host/library/menu_folder.h"
#include "host/library/source.h"

namespace pf::library::desktop {
namespace {

bool is_listed(const DesktopEntry& entry, bool all) {
  // Flatpak's are that source's. A program that wants a terminal would draw nothing here.
  return entry.type == "Application" && !entry.hidden && !entry.terminal && entry.flatpak.empty() &&
         (all || entry.has_category("Game"));
}

}  // namespace

Result<Found> scan(const Query& query) {
  std::vector<std::string> data_dirs{query.places.data_home};
  data_dirs.insert(data_dirs.end(), query.places.data_dirs.begin(), query.places.data_dirs.end());
  Found found;
  Menu menu;
  bool exists = false;
  for (const std::string& folder : data_dirs) {
    exists |= is_folder(folder + "/applications");
    add_menu_folder(folder + "/applications", menu, found);
  }
  if (!exists) return fail(ErrorKind::unavailable, "there are no menus on this machine");
  for (const auto& item : menu) {
    const std::string& id = item.first;
    const MenuFile& file = item.second;
    if (!is_listed(file.entry, query.all_desktop_entries)) continue;
    auto command = command_of(file.entry, file.path);
    if (!command) {
      found.note(fmt::format("{}: {}", file.path, command.error().what));
      continue;
    }
    Entry entry;
    entry.id = make_id("desktop", id);
    entry.source = "desktop";
    entry.title = clean_title(file.entry.name, id);
    entry.stands_for = stands_for(*command);
    entry.command = *std::move(command);
    if (file.entry.path.starts_with('/')) entry.working_folder = file.entry.path;
    entry.art[static_cast<std::size_t>(ArtKind::icon)] =
        first_art(icon_paths(file.entry.icon, data_dirs), found);
    found.entries.push_back(std::move(entry));
  }
  return found;
}

}  // namespace pf::library::desktop
