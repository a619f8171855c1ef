#include "host/library/steam/steam_folders.h"

#include <algorithm>

#include "host/library/foreign_files.h"
#include "host/library/vdf.h"

namespace pf::library::steam {
namespace {

constexpr std::size_t kMaxFolders = 64;         // disks with games
constexpr std::size_t kMaxListBytes = 4 << 20;  // it names every installed game

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 20 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "0" { "path" "/disk" }, and before 2021 "1" "/disk".
std::string path_of(const VdfNode& node) {
  if (!is_number(node.key)) return {};
  return std::string(node.children.empty() ? std::string_view(node.value) : node.text("path"));
}

}  // namespace

std::vector<Installation> installations(const Places& places) {
  const std::vector<std::string> native{"steam"};
  const std::vector<std::string> flatpak{"flatpak", "run", "com.valvesoftware.Steam"};
  const std::string inside = places.home + "/.var/app/com.valvesoftware.Steam";
  const std::vector<Installation> candidates{
      {places.data_home + "/Steam", native},
      {places.home + "/.steam/steam", native},
      {places.home + "/.steam/root", native},
      {places.home + "/.steam/debian-installation", native},
      {places.home + "/snap/steam/common/.local/share/Steam", native},
      {inside + "/data/Steam", flatpak},
      {inside + "/.local/share/Steam", flatpak},
  };
  SeenFolders seen;
  std::vector<Installation> all;
  for (const Installation& one : candidates)
    if (is_folder(one.root + "/steamapps") && seen.add(one.root)) all.push_back(one);
  return all;
}

std::vector<std::string> library_folders(const Installation& steam, Found& found) {
  SeenFolders seen;
  std::vector<std::string> folders;
  const auto add = [&](const std::string& folder) {
    if (folders.size() < kMaxFolders && seen.add(folder + "/steamapps")) folders.push_back(folder);
  };
  add(steam.root);
  for (const char* place : {"/steamapps/libraryfolders.vdf", "/config/libraryfolders.vdf"}) {
    const std::string path = steam.root + place;
    const auto text = read_foreign_file(path, kMaxListBytes);
    if (!text) {
      if (text.error().kind != ErrorKind::unavailable) found.note(text.error().what);
      continue;
    }
    const auto list = parse_text_vdf(*text);
    if (!list) {
      found.note(fmt::format("{}: {}", path, list.error().what));
      continue;
    }
    const VdfNode* const named = list->find("libraryfolders");
    if (named == nullptr) continue;
    for (const VdfNode& node : named->children)
      if (const std::string folder = path_of(node); folder.starts_with('/')) add(folder);
  }
  return folders;
}

std::vector<std::string> user_folders(const Installation& steam) {
  std::vector<std::string> folders;
  for (const std::string& name : names_in(steam.root + "/userdata"))
    if (is_number(name) && folders.size() < kMaxFolders)
      folders.push_back(steam.root + "/userdata/" + name);
  return folders;
}

}  // namespace pf::library::steam
