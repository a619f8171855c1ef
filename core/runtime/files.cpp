#include "core/runtime/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/runtime/unique_fd.h"

namespace pf {
namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
}

// Each that is missing, for the owner alone.
Result<void> make_folders(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail_os(ErrorKind::refused, errno, fmt::format("cannot make the folder {}", part));
    }
    if (end == std::string::npos) return {};
  }
}

Result<void> write_all(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return fail_os(ErrorKind::unavailable, errno, fmt::format("cannot write {}", path));
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  if (fsync(fd) != 0)
    return fail_os(ErrorKind::unavailable, errno, fmt::format("cannot write {}", path));
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t most_bytes) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail_os(ErrorKind::unavailable, errno, fmt::format("cannot read {}", path));
  std::string content(most_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = ::read(file.get(), content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return fail_os(ErrorKind::unavailable, errno, fmt::format("cannot read {}", path));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > most_bytes) {
    return fail(ErrorKind::exhausted, "{} is larger than {} bytes: it is not what it should be",
                path, most_bytes);
  }
  content.resize(size);
  return content;
}

Result<void> make_private_folder(const std::string& path) {
  PF_TRY_VOID(make_folders(path));
  // An unnamed file tells the truth where access(2) does not: read-only mounts, ACLs, full tables.
  const int probe = ::open(path.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (probe >= 0) {
    ::close(probe);
    return {};
  }
  const int os_code = errno;
  // Some file systems have no unnamed files; there the next best answer is asked for.
  if (os_code == EOPNOTSUPP && access(path.c_str(), W_OK | X_OK) == 0) return {};
  return fail_os(ErrorKind::refused, os_code, fmt::format("cannot write into the folder {}", path));
}

Result<std::string> read_small_file(const std::string& path) {
  return read_file(path, kMaxSmallFileBytes);
}

Result<void> replace_file(const std::string& path, std::string_view content, FileMode mode) {
  PF_TRY_VOID(make_folders(folder_of(path)));
  const std::string beside = path + ".new";
  const UniqueFd file(open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                           static_cast<mode_t>(mode)));
  if (!file) return fail_os(ErrorKind::refused, errno, fmt::format("cannot write {}", beside));
  // A leftover of a crash keeps the mode it had.
  if (fchmod(file.get(), static_cast<mode_t>(mode)) != 0) {
    return fail_os(ErrorKind::refused, errno, fmt::format("cannot protect {}", beside));
  }
  if (auto written = write_all(file.get(), content, beside); !written) {
    unlink(beside.c_str());
    return written;
  }
  if (rename(beside.c_str(), path.c_str()) != 0) {
    return fail_os(ErrorKind::refused, errno, fmt::format("cannot replace {}", path));
  }
  const UniqueFd folder(open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) fsync(folder.get());  // the rename itself
  return {};
}

}  // namespace pf
