#include "host/library/steam/steam_art.h"

#include "host/library/art_file.h"
#include "host/library/foreign_files.h"

namespace pf::library::steam {
namespace {

// Each picture of a game in the newest layout has a folder of its own; there are five.
constexpr std::size_t kMaxHashFolders = 16;

struct Names {
  ArtKind kind;
  const char* chosen;                // behind the number, in userdata/*/config/grid
  std::vector<const char*> fetched;  // in appcache/librarycache
};
const std::vector<Names>& names() {
  static const std::vector<Names> all{
      {ArtKind::poster, "p", {"library_600x900.jpg", "library_capsule.jpg"}},
      {ArtKind::hero, "_hero", {"library_hero.jpg"}},
      {ArtKind::icon, "_icon", {"icon.jpg"}},
  };
  return all;
}

// NUMBER_name (before 2025), NUMBER/name, NUMBER/HASH/name.
std::vector<std::string> fetched_paths(const std::string& cache, const std::string& number,
                                       const std::vector<std::string>& hash_folders,
                                       const char* name) {
  std::vector<std::string> paths{fmt::format("{}/{}/{}", cache, number, name),
                                 fmt::format("{}/{}_{}", cache, number, name)};
  for (const std::string& folder : hash_folders)
    paths.push_back(fmt::format("{}/{}/{}/{}", cache, number, folder, name));
  return paths;
}

// An icon is called by the hash of its bytes: the only file of 40 digits.
void add_hashed_icons(const std::string& cache, const std::string& number,
                      const std::vector<std::string>& in_folder, std::vector<std::string>& paths) {
  for (const std::string& name : in_folder)
    if (name.size() == 44 && name.ends_with(".jpg"))
      paths.push_back(fmt::format("{}/{}/{}", cache, number, name));
}

}  // namespace

void add_art(Entry& entry, const std::string& number, const std::string& root,
             const std::vector<std::string>& user_folders, Found& found) {
  const std::string cache = root + "/appcache/librarycache";
  const auto in_folder = names_in(fmt::format("{}/{}", cache, number));
  std::vector<std::string> hash_folders;
  for (const std::string& name : in_folder)
    if (name.size() == 40 && hash_folders.size() < kMaxHashFolders) hash_folders.push_back(name);
  for (const Names& one : names()) {
    std::vector<std::string> paths;
    for (const std::string& user : user_folders)
      for (const char* ending : {"png", "jpg", "jpeg", "webp"})
        paths.push_back(fmt::format("{}/config/grid/{}{}.{}", user, number, one.chosen, ending));
    for (const char* name : one.fetched)
      for (std::string& path : fetched_paths(cache, number, hash_folders, name))
        paths.push_back(std::move(path));
    if (one.kind == ArtKind::icon) add_hashed_icons(cache, number, in_folder, paths);
    entry.art[static_cast<std::size_t>(one.kind)] = first_art(paths, found);
  }
}

}  // namespace pf::library::steam
