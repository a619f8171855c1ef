#include "host/library/menu_folder.h"

#include <algorithm>

#include <fmt/format.h>

#include "host/library/foreign_files.h"

namespace pf::library {
namespace {

constexpr std::string_view kEnding = ".desktop";
// Wine makes the deepest: wine/Programs/Maker/Game.
constexpr int kMaxDepth = 6;
constexpr std::size_t kMaxFileBytes = 256 * 1024;

class Reader {
 public:
  Reader(Menu& menu, Found& found) : menu_(menu), found_(found) {}

  void read(const std::string& folder, const std::string& prefix, int depth) {
    if (depth > kMaxDepth || !seen_.add(folder)) return;
    for (const std::string& name : names_in(folder)) {
      if (menu_.size() >= kMaxEntries) return;
      const std::string path = fmt::format("{}/{}", folder, name);
      if (name.ends_with(kEnding)) {
        read_file(path, prefix + name.substr(0, name.size() - kEnding.size()));
      } else if (is_folder(path)) {
        read(path, fmt::format("{}{}-", prefix, name), depth + 1);
      }
    }
  }

 private:
  void read_file(const std::string& path, const std::string& id) {
    if (menu_.contains(id)) return;
    const auto text = read_foreign_file(path, kMaxFileBytes);
    if (!text) return found_.note(text.error().what);
    auto entry = parse_desktop_entry(*text);
    if (!entry) return found_.note(fmt::format("{}: {}", path, entry.error().what));
    menu_.emplace(id, MenuFile{path, *std::move(entry)});
  }

  Menu& menu_;
  Found& found_;
  SeenFolders seen_;
};

std::string behind(std::string_view word, std::string_view beginning) {
  if (!word.starts_with(beginning)) return {};
  return std::string(word.substr(beginning.size()));
}

}  // namespace

void add_menu_folder(const std::string& folder, Menu& menu, Found& found) {
  Reader(menu, found).read(folder, "", 0);
}

std::vector<std::string> icon_paths(const std::string& icon,
                                    const std::vector<std::string>& data_dirs) {
  if (icon.ends_with(".svg")) return {};
  if (icon.starts_with('/')) return {icon};
  std::string name = icon;
  if (name.ends_with(".png")) name.resize(name.size() - 4);
  if (!is_plain_name(name)) return {};
  std::vector<std::string> paths;
  for (const char* size : {"256x256", "512x512", "192x192", "128x128", "96x96", "64x64", "48x48"})
    for (const std::string& folder : data_dirs)
      paths.push_back(fmt::format("{}/icons/hicolor/{}/apps/{}.png", folder, size, name));
  for (const std::string& folder : data_dirs)
    paths.push_back(fmt::format("{}/pixmaps/{}.png", folder, name));
  return paths;
}

std::string stands_for(const std::vector<std::string>& command) {
  for (const std::string& word : command) {
    if (const std::string id = behind(word, "steam://rungameid/"); !id.empty())
      return make_id("steam", id);
    if (const std::string id = behind(word, "lutris:rungameid/"); !id.empty())
      return make_id("lutris", id);
    if (const std::string path = behind(word, "heroic://launch/"); !path.empty())
      return make_id("heroic", path.substr(path.rfind('/') + 1));
  }
  return {};
}

}  // namespace pf::library
