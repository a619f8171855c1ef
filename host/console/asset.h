// The files of the web console, as they lie in this program. web/scripts/embed.mjs writes the
// table; with PF_CONSOLE=OFF it is empty.
#pragma once

#include <span>
#include <string_view>

#include "core/base/bytes.h"

namespace pf::console {

// Everything borrowed, for as long as the program runs.
struct Asset {
  std::string_view path;  // "/index.html", "/assets/main-B2x9.js"
  std::string_view type;  // for Content-Type
  std::string_view etag;  // with its quotes; of the contents
  Bytes gzip;             // RFC 1952, as it leaves
  // Its name changes with its contents: who has it never needs to ask again.
  bool named_by_contents = false;
};

// Any thread.
std::span<const Asset> built_in_assets() noexcept;

}  // namespace pf::console
