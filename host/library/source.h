// What every source of a library is: a function that looks at the files of one launcher and tells
// what stands there. It runs in the helper program (helper/), a process of its own that may be
// killed, and never in the host: a folder on a dead mount blocks whoever looks at it, for ever.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "host/library/entry.h"

namespace pf::library {

// Where the user whose library it is keeps things; absolute, without a slash at the end.
struct Places {
  std::string home;
  std::string data_home;                            // $XDG_DATA_HOME
  std::string config_home;                          // $XDG_CONFIG_HOME
  std::string cache_home;                           // $XDG_CACHE_HOME
  std::vector<std::string> data_dirs;               // $XDG_DATA_DIRS, the first counts more
  std::string flatpak_system = "/var/lib/flatpak";  // what is installed for everybody
};

// An application of the configuration, as the custom source is told of it.
struct CustomApp {
  std::string name;
  std::vector<std::string> command;
  std::string working_folder, image;  // as host/config has them
  bool operator==(const CustomApp&) const = default;
};

struct Query {
  Places places;
  bool all_desktop_entries = false;  // else games
  std::vector<CustomApp> custom;
};

// In any order; ids are unique within it, and begin with the source's name. `notes`: what was left
// out and why, a sentence each, for people; at most kMaxNotes are kept.
struct Found {
  std::vector<Entry> entries;
  std::vector<std::string> notes;
  void note(std::string_view sentence);
};
inline constexpr std::size_t kMaxNotes = 20;

// May block on the files, and takes what is broken there as an ordinary thing: a file that cannot
// be read costs its own entries and a note. `unavailable`: this user has no such launcher; anything
// else: it is there, and cannot be read at all.
using Scan = Result<Found> (*)(const Query& query);

// The sources, one line each: the folder of its own, which has scan() in the namespace of that
// name, and what people call it. They are shown in this order; of two entries that are the same
// game the one of the source that is named first stays.
#define PF_LIBRARY_SOURCES(SOURCE)   \
  SOURCE(custom, "Own applications") \
  SOURCE(steam, "Steam")             \
  SOURCE(lutris, "Lutris")           \
  SOURCE(heroic, "Heroic")           \
  SOURCE(flatpak, "Flatpak")         \
  SOURCE(desktop, "Desktop entries")

#define PF_DECLARE_SCAN(folder, title)    \
  namespace folder {                      \
  Result<Found> scan(const Query& query); \
  }
PF_LIBRARY_SOURCES(PF_DECLARE_SCAN)
#undef PF_DECLARE_SCAN

struct SourceName {
  std::string_view name, title;
};
#define PF_NAME_SOURCE(folder, title) SourceName{#folder, title},
inline constexpr std::array kSources{PF_LIBRARY_SOURCES(PF_NAME_SOURCE)};
#undef PF_NAME_SOURCE

}  // namespace pf::library
