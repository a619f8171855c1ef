// The TOML library's parser, without its exceptions. Private to the room.
#pragma once

#include <toml++/toml.h>

#include <string_view>

#include "core/base/result.h"
#include "host/config/app_table.h"

namespace pf::config {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

tl::expected<toml::table, Problem> parse_toml(std::string_view text);

}  // namespace pf::config
