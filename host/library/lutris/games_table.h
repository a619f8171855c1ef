// The games in Lutris's database, pga.db. Pure but for the library's own memory; any thread.
//
// The file's bytes are given, not its path: so no lock is taken on a database that Lutris may have
// open, nothing is written beside it, and a path can be no trap. What the bytes make the library do
// is bounded: it may be any SQL, since a "table" can be a view.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace pf::library::lutris {

struct Game {
  std::int64_t id = 0;
  std::string name, slug, runner, config, service_id;  // config: its yml's name, without the ending
  bool installed = false;
  std::optional<std::int64_t> last_played_s;
};

// At most `most`. `malformed`: no database, one without such a table, or one that costs too much.
Result<std::vector<Game>> read_games(Bytes database, std::size_t most);

}  // namespace pf::library::lutris
