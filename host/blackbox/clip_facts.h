// The small file beside a clip that says what it is. Private to the room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/blackbox/clip.h"

namespace pf::blackbox {

inline constexpr std::size_t kMaxFactsBytes = 16 << 10;

// One that is ready.
std::string write_facts(const Clip& clip);
// Empty: it is damaged. Path and id are the caller's to fill in.
std::optional<Clip> parse_facts(std::string_view text);

}  // namespace pf::blackbox
