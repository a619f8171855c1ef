// Pictures as launchers keep them on the disk. Blocks on it; in the helper program only.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "host/library/entry.h"
#include "host/library/source.h"

namespace pf::library {

// Larger than any art that launchers fetch; what a browser gets in one piece, and the host holds in
// memory once.
inline constexpr std::size_t kMaxArtBytes = 8 << 20;

// What the head of the file says. `unavailable`: there is no such file; `refused`: it is no regular
// file, or no picture; `exhausted`: too large.
Result<Art> look_at_art(const std::string& path);

// The first of `paths` that is a picture; the others cost a note when they are there and are none.
std::optional<Art> first_art(const std::vector<std::string>& paths, Found& found);

}  // namespace pf::library
