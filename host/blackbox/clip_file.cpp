#include "host/blackbox/clip_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace pf::blackbox {
namespace {

// Written at once: system calls cost nothing beside it.
constexpr std::size_t kBufferBytes = 1 << 20;

Failure cannot_write(const std::string& path, int os_code) {
  return fail_os(ErrorKind::lost, os_code, fmt::format("cannot write {}", path));
}

}  // namespace

Result<ClipFile> ClipFile::create(const std::string& path, std::uint64_t most_bytes) {
  (void)unlink(path.c_str());
  UniqueFd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return cannot_write(path, errno);
  ClipFile made(path, std::move(file));
  // A file system that cannot say beforehand says it when it is written.
  if (most_bytes > 0 && fallocate(made.file_.get(), 0, 0, static_cast<off_t>(most_bytes)) != 0 &&
      errno != EOPNOTSUPP && errno != ENOSYS && errno != EINTR)
    return cannot_write(path, errno);
  return made;
}

ClipFile::ClipFile(std::string path, UniqueFd file)
    : path_(std::move(path)), file_(std::move(file)) {
  waiting_.reserve(kBufferBytes);
}

ClipFile::~ClipFile() {
  if (file_ && !path_.empty()) (void)unlink(path_.c_str());
}

void ClipFile::append(Bytes bytes) noexcept {
  if (waiting_.size() + bytes.size() > kBufferBytes) flush();
  size_bytes_ += bytes.size();
  if (bytes.size() >= kBufferBytes) return write_at(size_bytes_ - bytes.size(), bytes);
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
}

void ClipFile::patch(std::uint64_t at, Bytes bytes) noexcept {
  const std::uint64_t waits_from = size_bytes_ - waiting_.size();
  if (at >= waits_from) {
    std::copy(bytes.begin(), bytes.end(),
              waiting_.begin() + static_cast<std::ptrdiff_t>(at - waits_from));
    return;
  }
  flush();  // it may lie on both sides
  write_at(at, bytes);
}

void ClipFile::flush() noexcept {
  write_at(size_bytes_ - waiting_.size(), waiting_);
  waiting_.clear();
}

void ClipFile::write_at(std::uint64_t at, Bytes bytes) noexcept {
  while (!bytes.empty() && os_code_ == 0) {
    const ssize_t count = pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      os_code_ = errno;
      return;
    }
    at += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

Result<void> ClipFile::finish_as(const std::string& path) {
  flush();
  if (os_code_ == 0 && ftruncate(file_.get(), static_cast<off_t>(size_bytes_)) != 0)
    os_code_ = errno;
  if (os_code_ == 0 && fdatasync(file_.get()) != 0) os_code_ = errno;
  if (os_code_ == 0 && std::rename(path_.c_str(), path.c_str()) != 0) os_code_ = errno;
  if (os_code_ != 0) return cannot_write(path_, os_code_);
  path_.clear();
  return {};
}

}  // namespace pf::blackbox
