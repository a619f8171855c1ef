#include "host/config/settings_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include "core/runtime/files.h"
#include "core/runtime/unique_fd.h"
#include "host/config/config_file.h"
#include "host/config/toml_edit.h"

namespace pf::config {
namespace {

static_assert(kStaleEdit == ESTALE);

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Where the bytes are: links are somebody's intention, and stay. One that leads nowhere yet names
// where the file is to be.
Result<std::string> behind_links(std::string path) {
  constexpr int kMaxLinks = 40;  // as the kernel follows
  for (int i = 0; i < kMaxLinks; ++i) {
    char target[PATH_MAX];
    const ssize_t size = readlink(path.c_str(), target, sizeof target);
    if (size < 0) return path;  // no link, or nothing at all
    const std::string_view to(target, static_cast<std::size_t>(size));
    path = to.starts_with('/') ? std::string(to) : fmt::format("{}/{}", folder_of(path), to);
  }
  return fail_os(ErrorKind::refused, ELOOP, fmt::format("cannot follow {}", path));
}

Failure cannot_write(int os_code, const std::string& path) {
  const bool full = os_code == ENOSPC || os_code == EDQUOT || os_code == EFBIG;
  return fail_os(full ? ErrorKind::exhausted : ErrorKind::refused, os_code,
                 fmt::format("cannot write {}", path));
}

Result<UniqueFd> lock_folder(const std::string& folder) {
  UniqueFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail_os(ErrorKind::refused, errno, fmt::format("cannot open {}", folder));
  constexpr Nanos kPause = milliseconds(10);
  for (Nanos waited{0}; flock(fd.get(), LOCK_EX | LOCK_NB) != 0; waited += kPause) {
    if (errno != EWOULDBLOCK) return fd;  // a file system without locks: editors do without too
    if (waited >= kLockPatience)
      return fail(ErrorKind::exhausted, "another program is writing in {}: try again", folder);
    const timespec pause{0, kPause.count()};
    nanosleep(&pause, nullptr);
  }
  return fd;
}

// A file beside another; gone with this object unless it has taken that one's place.
class FileBeside {
 public:
  static Result<FileBeside> make(const std::string& path) {
    std::string name = path + ".XXXXXX";
    UniqueFd fd(mkostemp(name.data(), O_CLOEXEC));
    if (!fd) return cannot_write(errno, folder_of(path));
    return FileBeside(std::move(fd), std::move(name));
  }
  ~FileBeside() {
    if (fd_) unlink(name_.c_str());
  }
  FileBeside(FileBeside&& other) noexcept = default;
  FileBeside& operator=(FileBeside&&) = delete;

  // As the old file: its mode, its owner.
  Result<void> resemble(const struct stat& old, const std::string& path) const {
    const bool same_owner = old.st_uid == geteuid() && old.st_gid == getegid();
    if (!same_owner && fchown(fd_.get(), old.st_uid, old.st_gid) != 0 && old.st_uid != geteuid())
      return fail_os(ErrorKind::refused, errno, fmt::format("{} is another user's", path));
    if (fchmod(fd_.get(), old.st_mode & 07777) != 0) return cannot_write(errno, path);
    return {};
  }

  Result<void> write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = ::write(fd_.get(), text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return cannot_write(errno, name_);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (fsync(fd_.get()) != 0) return cannot_write(errno, name_);
    return {};
  }

  Result<void> take_place_of(const std::string& path) {
    if (rename(name_.c_str(), path.c_str()) != 0) return cannot_write(errno, path);
    fd_.reset();
    return {};
  }

 private:
  FileBeside(UniqueFd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}
  UniqueFd fd_;
  std::string name_;
};

Result<FileBeside> write_beside(const std::string& target, std::string_view text) {
  struct stat old {};
  const bool exists = stat(target.c_str(), &old) == 0;
  // A file that may not be written is not to be replaced either.
  if (exists && faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0)
    return cannot_write(errno, target);
  PF_TRY(FileBeside beside, FileBeside::make(target));
  if (exists) PF_TRY_VOID(beside.resemble(old, target));
  PF_TRY_VOID(beside.write(text));
  return beside;
}

TomlKey toml_key(const Setting& setting) {
  const std::size_t dot = setting.key.find('.');
  return {setting.key.substr(0, dot), setting.key.substr(dot + 1)};
}

Result<std::string> edit_one(std::string_view toml, const SettingChange& change) {
  const TomlKey key = toml_key(*change.setting);
  return change.value ? with_value(toml, key, *change.value) : without_value(toml, key);
}

// All that is wrong with the values, before anything is edited.
Result<void> check_values(std::span<const SettingChange> changes) {
  std::string what;
  HostConfig scratch;
  for (const SettingChange& change : changes) {
    if (!change.value) continue;
    const auto done = assign(scratch, *change.setting, *change.value);
    if (!done) what += (what.empty() ? "" : "\n") + done.error().what;
  }
  if (what.empty()) return {};
  return Failure(Error{ErrorKind::malformed, std::move(what), 0});
}

}  // namespace

// FNV-1a: no protection is needed against whoever may write the file.
std::string revision_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return fmt::format("{:016x}", hash);
}

Result<SettingsText> read_settings_text(const std::string& path) {
  PF_TRY(auto text, read_config_file(path));
  SettingsText read{.text = std::move(text).value_or(""), .revision = {}};
  read.revision = revision_of(read.text);
  return read;
}

Result<std::string> edit_settings(std::string_view toml, std::string_view name,
                                  std::span<const SettingChange> changes) {
  PF_TRY_VOID(check_values(changes));
  std::string text(toml);
  for (const SettingChange& change : changes) {
    auto edited = edit_one(text, change);
    if (!edited && edited.error().kind == ErrorKind::malformed)
      edited.error().what = fmt::format("{}:{}", name, edited.error().what);
    PF_TRY(text, std::move(edited));
  }
  PF_TRY_VOID(read_config(text, name));
  return text;
}

Result<void> replace_settings_text(const std::string& path, std::string_view text,
                                   std::string_view revision) {
  PF_TRY(const std::string target, behind_links(path));
  const std::string folder = folder_of(target);
  if (access(folder.c_str(), F_OK) != 0) PF_TRY_VOID(make_private_folder(folder));
  PF_TRY(const UniqueFd lock, lock_folder(folder));
  PF_TRY(FileBeside beside, write_beside(target, text));
  PF_TRY(const SettingsText now, read_settings_text(target));
  if (now.revision != revision) {
    return Failure(Error{ErrorKind::refused,
                         fmt::format("{} has been changed meanwhile: look at it again", path),
                         kStaleEdit});
  }
  PF_TRY_VOID(beside.take_place_of(target));
  fsync(lock.get());  // the rename itself
  return {};
}

}  // namespace pf::config
