// Where Steam keeps things, of a user who may have it installed in several ways. Blocks on the
// disk.
#pragma once

#include <string>
#include <vector>

#include "host/library/source.h"

namespace pf::library::steam {

struct Installation {
  std::string root;                  // has steamapps, appcache and userdata
  std::vector<std::string> command;  // what starts it
};

// Each once, by whatever symbolic links it is reached.
std::vector<Installation> installations(const Places& places);

// The folders of games of an installation: its own, and those that its user has added on other
// disks. Each once.
std::vector<std::string> library_folders(const Installation& steam, Found& found);

// Of the users who have logged in there: userdata/NUMBER.
std::vector<std::string> user_folders(const Installation& steam);

}  // namespace pf::library::steam
