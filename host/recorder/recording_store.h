// Recordings on the disk: <state folder>/recordings/<id>.json, each whole or not there.
//
// Their names are made here and nowhere else: "20261121-123005-s3" is the third session, saved at
// that second (UTC). What does not look like one names nothing, so no text of a stranger becomes a
// path. Bounded: when there are too many, or they are too large together, the oldest go.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "host/recorder/recording.h"

namespace pf::recorder {

struct SavedRecording {
  std::string id;
  unsigned session = 0;
  std::int64_t saved_at_s = 0;  // since 1970
  std::uint64_t bytes = 0;
};

// Any thread; each call waits for the disk.
class RecordingStore {
 public:
  // More than anybody looks through by hand.
  static constexpr std::size_t kMaxRecordings = 64;
  // A full ring at 480 Hz is some 5 MB.
  static constexpr std::size_t kMaxRecordingBytes = 16 << 20;
  static constexpr std::size_t kUsualBytes = 8 << 20;
  static constexpr std::uint64_t kMaxTotalBytes = 128 << 20;

  // The folder is made with the first recording.
  explicit RecordingStore(std::string state_dir) : folder_(std::move(state_dir) + "/recordings") {}

  // Whether one more finds its place on the disk; os_code says that it is full.
  Result<void> has_room() const;
  // `now` is the wall clock's. `exhausted`: it is larger than a recording may be.
  Result<SavedRecording> save(const Recording& recording, WireTime now);
  std::vector<SavedRecording> list() const;  // the newest first
  // `unavailable`: there is none of this name. `malformed`: it is damaged.
  Result<Recording> load(std::string_view id) const;
  Result<SavedRecording> remove(std::string_view id);

 private:
  std::string path_of(std::string_view id) const;
  std::vector<SavedRecording> scan() const;
  void keep_within_bounds();

  const std::string folder_;
  mutable std::mutex mutex_;  // two savers would find the same name free
};

}  // namespace pf::recorder
