// Tells that a file may have changed: inotify(7) on the folders that it and what it links to lie
// in, since editors put a new file in its place; and a look at the file itself now and then, for
// file systems that notify nobody, and for folders that were not there yet. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "core/runtime/unique_fd.h"

namespace pf::config {

class FileWatch {
 public:
  explicit FileWatch(std::string path);

  // Readable when there is news; -1 where the system has no more of them (then only look() tells).
  int fd() const noexcept { return inotify_.get(); }

  enum class News : std::uint8_t {
    none,
    changed,
    emptied,  // it is empty now, or gone: perhaps for an instant only
    open,     // somebody is writing, and has not closed it yet
  };
  // Since the last call. Does not wait.
  News look();

 private:
  // What a file is recognised by without reading it.
  struct Stamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t changed_ns = 0;  // also by a rename or a new mode
    bool operator==(const Stamp&) const = default;
  };
  struct Folder {
    int watch = -1;
    std::string name;  // of the file in it
  };

  Stamp stamp() const;
  void watch_folders();
  void watch_folder(Folder& folder, const std::string& path);
  void drain();

  const std::string path_;
  UniqueFd inotify_;
  std::array<Folder, 2> folders_;  // of the link, and of what it leads to
  Stamp seen_;
  bool touched_ = false, written_ = false;  // since the last look; still open for writing
};

}  // namespace pf::config
