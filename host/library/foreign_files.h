// Files that other programs have written, and strangers may have put there: read with bounds, and
// only what is a regular file. A FIFO, a device or a socket is refused instead of waited for;
// symbolic links are followed, since launchers make them, and a loop of them is an error.
//
// Blocks on the disk. In the helper program only (source.h).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace pf::library {

// `unavailable`: there is none; `refused`: it is no regular file, or may not be read; `exhausted`:
// more than `most_bytes`.
Result<std::string> read_foreign_file(const std::string& path, std::size_t most_bytes);

struct FileFacts {
  std::uint64_t device = 0, inode = 0;  // which file it is, whatever its path
  std::uint64_t size_bytes = 0;
  std::int64_t changed_ns = 0;  // since 1970
};
std::optional<FileFacts> file_facts(const std::string& path);    // empty: no regular file
std::optional<FileFacts> folder_facts(const std::string& path);  // empty: no folder
bool is_folder(const std::string& path);

// The names in a folder, sorted; at most kMaxNames. Empty as well when it cannot be read.
inline constexpr std::size_t kMaxNames = 20'000;
std::vector<std::string> names_in(const std::string& folder);

// Folders that were looked at already, by whatever path: symbolic links may lead back.
class SeenFolders {
 public:
  // False: it is no folder, or was seen.
  bool add(const std::string& path);

 private:
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen_;
};

// Whether `name` is one part of a path and stays in its folder: no slash, not "." or "..", no NUL.
bool is_plain_name(std::string_view name);

}  // namespace pf::library
