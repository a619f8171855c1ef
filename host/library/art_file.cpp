#include "host/library/art_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/runtime/unique_fd.h"
#include "host/library/image_head.h"

namespace pf::library {
namespace {

// Which bytes they are, as far as the system knows without reading them.
std::string tag_of(const struct stat& info) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const std::uint64_t part :
       {static_cast<std::uint64_t>(info.st_dev), static_cast<std::uint64_t>(info.st_ino),
        static_cast<std::uint64_t>(info.st_size), static_cast<std::uint64_t>(info.st_mtim.tv_sec),
        static_cast<std::uint64_t>(info.st_mtim.tv_nsec)})
    hash = (hash ^ part) * 0x100000001B3;
  return fmt::format("{:016x}", hash);
}

std::string read_head(int file) {
  std::string head(kImageHeadBytes, '\0');
  const ssize_t count = pread(file, head.data(), head.size(), 0);
  head.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return head;
}

}  // namespace

Result<Art> look_at_art(const std::string& path) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) {
    const bool gone = errno == ENOENT || errno == ENOTDIR;
    return fail_os(gone ? ErrorKind::unavailable : ErrorKind::refused, errno,
                   fmt::format("cannot read the picture {}", path));
  }
  struct stat info {};
  if (fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return fail(ErrorKind::refused, "the picture {} is no regular file", path);
  const auto size_bytes = static_cast<std::uint64_t>(info.st_size);
  if (size_bytes > kMaxArtBytes)
    return fail(ErrorKind::exhausted, "the picture {} has {} bytes, and {} are the most", path,
                size_bytes, kMaxArtBytes);
  const auto head = parse_image_head(as_bytes(read_head(file.get())));
  if (!head)
    return fail(ErrorKind::refused,
                "{} is no PNG, JPEG or WebP picture of at most {} pixels a side", path,
                kMaxArtSidePx);
  return Art{.path = path,
             .format = head->format,
             .size_px = head->size_px,
             .size_bytes = size_bytes,
             .tag = tag_of(info)};
}

std::optional<Art> first_art(const std::vector<std::string>& paths, Found& found) {
  for (const std::string& path : paths) {
    auto art = look_at_art(path);
    if (art) return *std::move(art);
    if (art.error().kind != ErrorKind::unavailable) found.note(art.error().what);
  }
  return std::nullopt;
}

}  // namespace pf::library
