// The list of paired devices on disk: $XDG_STATE_HOME/punktfunk/paired.json, mode 0600.
//
// Every save replaces the whole file (core/runtime/files.h): a crash or a full disk at any instant
// leaves the old list or the new one. A file that is there but is not a whole list is an error and
// is never overwritten, since an empty list in its place would lock every device out.
//
//   {"version": 1, "devices": [{"fingerprint": "64 hex digits", "name": "tablet",
//     "kind": "moonlight", "grants": ["gamepad", …], "expires_at_s": 1790000000, "paired_at_s": …,
//     "last_seen_s": …}]}
//
// Times are seconds since the Unix epoch; expires_at_s and last_seen_s may be missing. So may kind,
// which files have since GameStream: native then.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "host/trust/device.h"

namespace pf::trust {

// The file's text and back; times lose their fractions of a second. `malformed` names the first
// thing that is wrong. Unknown keys are ignored, unknown versions and grants are not.
std::string write_devices(std::span<const Device> devices);
Result<std::vector<Device>> parse_devices(std::string_view text);

class PairedStore {
 public:
  explicit PairedStore(std::string path) : path_(std::move(path)) {}

  // A missing file is an empty list. `refused` when others may write or read the file.
  Result<std::vector<Device>> load() const;
  // Waits for the disk. After an error the old file is still there.
  Result<void> save(std::span<const Device> devices) const;

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace pf::trust
