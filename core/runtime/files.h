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

// Replaces the file: written beside it, flushed to the disk, then renamed, so that a crash at any
// instant leaves the old content or the new. Makes missing folders (0700).
Result<void> replace_file(const std::string& path, std::string_view content, FileMode mode);

Result<void> make_folders(const std::string& path);  // each with mode 0700

}  // namespace pf
