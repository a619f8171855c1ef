// What clients show for an app that they may start: a PNG (docs/protocol/gamestream.md section 5).
#pragma once

#include <string>

namespace pf::gamestream {

// A screen, drawn by us: for apps without a picture of their own.
std::string default_box_art();

}  // namespace pf::gamestream
