// Finds what somebody who misspelt a name probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pf::config {

// ": did you mean 'network.port'?", or empty when nothing among `known` is near. Names longer than
// 64 bytes are near nothing, so the cost is bounded.
std::string did_you_mean(std::string_view written, std::span<const std::string_view> known);

}  // namespace pf::config
