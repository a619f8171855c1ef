// A .desktop file: what a menu shows of a program, and how it is started. Only what a library needs
// is read. Pure; any thread.
//
// Source: freedesktop.org Desktop Entry Specification 1.5 (sections 4 values, 7 Exec).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pf::library {

struct DesktopEntry {
  std::string type, name, exec, try_exec, path, icon;
  std::string flatpak;  // X-Flatpak: the id of an application that is installed so
  std::vector<std::string> categories;
  bool hidden = false;  // Hidden, or NoDisplay
  bool terminal = false;

  bool has_category(std::string_view wanted) const;
};

// `malformed`: it has no [Desktop Entry], or a line that is none, which is named. Keys of languages
// are passed over: titles are those of the file's own language.
Result<DesktopEntry> parse_desktop_entry(std::string_view text);

// The program and its arguments, without what stands for files and URLs; `file` is the entry's own
// path (%k). `malformed`: a quotation mark that is never closed, an unknown field, too many words,
// or nothing to start.
Result<std::vector<std::string>> command_of(const DesktopEntry& entry, std::string_view file);

}  // namespace pf::library
