#include "tools/pattern/stats_file.h"

#include <cerrno>
#include <cstdio>

namespace pf::pattern_client {

void StatsFile::count(std::uint32_t frame_number) noexcept {
  if (frames_drawn_++ == 0) first_number_ = frame_number;
  last_number_ = frame_number;
}

Result<void> StatsFile::write() const {
  const std::string fresh_path = path_ + ".new";
  std::FILE* const file = std::fopen(fresh_path.c_str(), "we");
  if (file == nullptr) return fail_os(ErrorKind::refused, errno, "cannot write " + fresh_path);
  const std::string text =
      fmt::format("{{\"frames_drawn\": {}, \"first_number\": {}, \"last_number\": {}}}\n",
                  frames_drawn_, first_number_, last_number_);
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (!written || !closed || std::rename(fresh_path.c_str(), path_.c_str()) != 0) {
    return fail_os(ErrorKind::refused, errno, "cannot write " + path_);
  }
  return {};
}

}  // namespace pf::pattern_client
