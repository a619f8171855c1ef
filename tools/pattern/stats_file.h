// What was drawn so far, as a small JSON file that is always whole, also after SIGKILL.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace pf::pattern_client {

class StatsFile {
 public:
  explicit StatsFile(std::string path) : path_(std::move(path)) {}

  void count(std::uint32_t frame_number) noexcept;
  // Replaces the file by renaming a new one over it.
  Result<void> write() const;

  std::uint64_t frames_drawn() const noexcept { return frames_drawn_; }

 private:
  std::string path_;
  std::uint64_t frames_drawn_ = 0;
  std::uint32_t first_number_ = 0;
  std::uint32_t last_number_ = 0;
};

}  // namespace pf::pattern_client
