// Clips on the disk: <state folder>/clips/<id>.mkv, <id>.perfetto.json and, last of the three,
// <id>.json, which says what the other two are. A clip without it is what a crash has left, and is
// cleared away by the next host.
//
// Bounded: when there are too many, or they are too large together, the oldest go; first those that
// nobody asked for, and never for the sake of one that nobody asked for.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/runtime/unique_fd.h"
#include "host/blackbox/clip.h"
#include "host/blackbox/clip_file.h"

namespace pf::blackbox {

// Any thread; each call waits for the disk.
class ClipStore {
 public:
  struct Bounds {
    // More than anybody looks through by hand.
    std::size_t clips = 32;
    // Eight of the largest.
    std::uint64_t total_bytes = std::uint64_t{2} << 30;
  };
  // Failures that are shown; they are not kept over a start.
  static constexpr std::size_t kMaxFailed = 8;
  // 2 KB for each picture: two minutes at 240 Hz.
  static constexpr std::size_t kMaxTraceBytes = 64 << 20;

  ClipStore(const std::string& state_dir, Bounds bounds);
  explicit ClipStore(const std::string& state_dir) : ClipStore(state_dir, Bounds()) {}

  // Gives it an id, and a file with room for so much; from now on it is listed. Errors with ENOSPC
  // in os_code: the disk is full, nothing has changed.
  struct Begun {
    Clip clip;
    ClipFile video;
  };
  Result<Begun> begin(Clip clip, WireTime now, std::uint64_t most_bytes);
  // The video is written; so is now the rest. An error leaves nothing of it on the disk.
  Result<void> finish(Begun& begun, std::string_view trace);
  // It is listed as failed, with this sentence.
  void give_up(const Clip& clip, const std::string& error);

  std::vector<Clip> list();  // the newest first
  // `unavailable`: there is none of this name.
  Result<Clip> find(std::string_view id);
  // `exhausted`: it is not ready.
  Result<std::pair<Clip, UniqueFd>> open_video(std::string_view id);
  Result<std::string> trace(std::string_view id);
  // Also one that failed. `exhausted`: it is being saved.
  Result<void> remove(std::string_view id);

 private:
  std::string path_of(std::string_view id, std::string_view ending) const;
  void clear_left_overs() const;
  void look_at_folder();
  void load(std::string_view id);
  void unlink_all(std::string_view id) const;
  void keep_within_bounds(const Clip& newest);
  void forget_old_failures();
  Result<Clip> ready(std::string_view id);

  const std::string folder_;
  const Bounds bounds_;
  std::mutex mutex_;
  std::map<std::string, Clip, std::less<>> clips_;       // under mutex_
  std::pair<std::int64_t, std::int64_t> folder_time_{};  // under mutex_: when it was looked at
};

}  // namespace pf::blackbox
