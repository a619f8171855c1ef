// What clients show for an app that they may start: a PNG (docs/protocol/gamestream.md section 5).
#pragma once

#include <string>

#include "core/base/result.h"

namespace pf::gamestream {

// The file's bytes. `malformed`: it is no PNG, which is all that clients take; `exhausted`: more
// than a megabyte (core/runtime/files.h). Waits for the disk.
Result<std::string> load_box_art(const std::string& path);

// A screen, drawn by us: for apps without an image.
std::string default_box_art();

}  // namespace pf::gamestream
