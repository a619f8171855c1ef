#include "host/library/foreign_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "core/runtime/unique_fd.h"

namespace pf::library {
namespace {

FileFacts facts_of(const struct stat& info) {
  return {.device = info.st_dev,
          .inode = info.st_ino,
          .size_bytes = static_cast<std::uint64_t>(info.st_size),
          .changed_ns = std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

ErrorKind kind_of(int os_code) {
  return os_code == ENOENT || os_code == ENOTDIR ? ErrorKind::unavailable : ErrorKind::refused;
}

Failure too_large(const std::string& path, std::size_t most_bytes) {
  return fail(ErrorKind::exhausted, "{} is larger than {} bytes: it is not what it should be", path,
              most_bytes);
}

}  // namespace

Result<std::string> read_foreign_file(const std::string& path, std::size_t most_bytes) {
  // Without O_NONBLOCK a FIFO would wait for its writer.
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return fail_os(kind_of(errno), errno, fmt::format("cannot read {}", path));
  struct stat info {};
  if (fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return fail(ErrorKind::refused, "{} is no regular file", path);
  if (static_cast<std::uint64_t>(info.st_size) > most_bytes) return too_large(path, most_bytes);
  std::string content(static_cast<std::size_t>(info.st_size) + 1, '\0');
  std::size_t size = 0;
  for (;;) {
    const ssize_t count = read(file.get(), content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_os(ErrorKind::refused, errno, fmt::format("cannot read {}", path));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size > most_bytes) return too_large(path, most_bytes);
    if (size == content.size()) content.resize(std::min(2 * size, most_bytes + 1));  // it grows
  }
  content.resize(size);
  return content;
}

std::optional<FileFacts> file_facts(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return facts_of(info);
}

std::optional<FileFacts> folder_facts(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return std::nullopt;
  return facts_of(info);
}

bool is_folder(const std::string& path) { return folder_facts(path).has_value(); }

std::vector<std::string> names_in(const std::string& folder) {
  struct Close {
    void operator()(DIR* open) const { closedir(open); }
  };
  const std::unique_ptr<DIR, Close> open(opendir(folder.c_str()));
  std::vector<std::string> names;
  if (!open) return names;
  while (names.size() < kMaxNames) {
    const dirent* const entry = readdir(open.get());
    if (entry == nullptr) break;
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool SeenFolders::add(const std::string& path) {
  const auto facts = folder_facts(path);
  return facts && seen_.insert({facts->device, facts->inode}).second;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

}  // namespace pf::library
