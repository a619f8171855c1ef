// The pictures that Steam keeps of a game: those that its user chose come before those that Steam
// fetched. Blocks on the disk.
#pragma once

#include <string>
#include <vector>

#include "host/library/source.h"

namespace pf::library::steam {

// `number`: of the game, or of a shortcut; digits only.
void add_art(Entry& entry, const std::string& number, const std::string& root,
             const std::vector<std::string>& user_folders, Found& found);

}  // namespace pf::library::steam
