// Small files that must never be found half-written: identities, settings, stores.
#pragma once

#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace pf {

enum class FileMode : std::uint32_t {
  secret = 0600,
  shared = 0644,
};

inline constexpr std::size_t kMaxSmallFileBytes = 1 << 20;

// The whole file. `unavailable` when it does not exist, `exhausted` above kMaxSmallFileBytes.
Result<std::string> read_small_file(const std::string& path);

// Likewise, above `most_bytes`, of which it takes the memory.
Result<std::string> read_file(const std::string& path, std::size_t most_bytes);

// Replaces the file: written beside it, flushed to the disk, then renamed, so that a crash at any
// instant leaves the old content or the new. Makes missing folders (0700).
Result<void> replace_file(const std::string& path, std::string_view content, FileMode mode);

// Makes the folder and the missing ones above it, all for the owner alone (0700), and sees whether
// files can be created in it. `refused`, with the path and the system's reason, when it cannot be
// had.
Result<void> make_private_folder(const std::string& path);

}  // namespace pf
