// What Heroic knows of the games of each store, in JSON files of its own and of the programs that
// it drives (legendary for Epic, gogdl for GOG, nile for Amazon). Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pf::library::heroic {

struct Game {
  std::string app_name;  // the store's id of it
  std::string title;
  std::string poster, hero;  // URLs, or paths
  bool installed = false;    // says the list itself
};

// A list of games, under whichever of the names that Heroic uses ("library", "games"), or the list
// itself. An item without an id is passed over. `malformed`: no JSON, or no list in it.
Result<std::vector<Game>> parse_games(std::string_view json);

// What is installed, by id, and its title, which may be empty: an object by ids (legendary), a list
// under "installed" (gogdl), or a list (nile).
Result<std::map<std::string, std::string>> parse_installed(std::string_view json);

// When each was played last, seconds since 1970 (store/timestamp.json).
Result<std::map<std::string, std::int64_t>> parse_played(std::string_view json);

}  // namespace pf::library::heroic
