// A folder of .desktop files, as every menu reads it: those of this machine, and those that Flatpak
// makes for what it has installed. Blocks on the disk; in the helper program only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/library/desktop_entry.h"
#include "host/library/source.h"

namespace pf::library {

struct MenuFile {
  std::string path;
  DesktopEntry entry;
};
// By the file's id: its path below the folder, with '-' for '/', without ".desktop" (Desktop Entry
// Specification, section "Desktop file ID").
using Menu = std::map<std::string, MenuFile>;

// Adds what `folder` and those below it have; an id that is there stays as it is, as the first
// folder of $XDG_DATA_DIRS counts most. What cannot be read costs a note.
void add_menu_folder(const std::string& folder, Menu& menu, Found& found);

// The pictures that the name in Icon= may stand for, the best first: an absolute path, or a name
// that is looked for in the hicolor theme and the pixmaps of `data_dirs`. PNG only: what draws SVG
// is no small thing.
std::vector<std::string> icon_paths(const std::string& icon,
                                    const std::vector<std::string>& data_dirs);

// The entry of the library that another launcher made this menu file for ("steam:570"); empty:
// none.
std::string stands_for(const std::vector<std::string>& command);

}  // namespace pf::library
