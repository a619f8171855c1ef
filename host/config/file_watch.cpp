#include "host/config/file_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>

namespace pf::config {
namespace {

constexpr std::uint32_t kEvents = IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM |
                                  IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR;

// Nobody of whom we know writes any more: closed, or another file is there.
constexpr std::uint32_t kFinished = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

}  // namespace

FileWatch::FileWatch(std::string path)
    : path_(std::move(path)), inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  watch_folders();
  seen_ = stamp();
}

FileWatch::News FileWatch::look() {
  drain();
  watch_folders();
  const Stamp now = stamp();
  const bool changed = touched_ || now != seen_;
  seen_ = now;
  touched_ = false;
  if (!changed) return News::none;
  if (written_) return News::open;
  return now.size == 0 ? News::emptied : News::changed;
}

FileWatch::Stamp FileWatch::stamp() const {
  struct stat found {};
  if (stat(path_.c_str(), &found) != 0) return {};
  return {.device = found.st_dev,
          .inode = found.st_ino,
          .size = static_cast<std::uint64_t>(found.st_size),
          .changed_ns = found.st_ctim.tv_sec * 1'000'000'000 + found.st_ctim.tv_nsec};
}

// Again and again, since folders come and go: for one that is watched already it changes nothing.
void FileWatch::watch_folders() {
  watch_folder(folders_[0], path_);
  char target[PATH_MAX];
  if (realpath(path_.c_str(), target) != nullptr) watch_folder(folders_[1], target);
}

void FileWatch::watch_folder(Folder& folder, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  folder.name = slash == std::string::npos ? path : path.substr(slash + 1);
  const int watch = inotify_add_watch(inotify_.get(), parent.c_str(), kEvents);
  if (folder.watch >= 0 && watch != folder.watch && folders_[0].watch != folders_[1].watch)
    inotify_rm_watch(inotify_.get(), folder.watch);
  folder.watch = watch;
}

void FileWatch::drain() {
  alignas(inotify_event) char buffer[4096];
  for (;;) {
    const ssize_t size = read(inotify_.get(), buffer, sizeof buffer);
    if (size <= 0) return;
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
      at += static_cast<ssize_t>(sizeof *event + event->len);
      // More happened than the system keeps: nobody knows what.
      if ((event->mask & IN_Q_OVERFLOW) != 0) touched_ = true;
      for (const Folder& folder : folders_) {
        if (event->wd != folder.watch || event->len == 0 || folder.name != event->name) continue;
        touched_ = true;
        if ((event->mask & IN_MODIFY) != 0) written_ = true;
        if ((event->mask & kFinished) != 0) written_ = false;
      }
    }
  }
}

}  // namespace pf::config
