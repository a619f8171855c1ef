// Reading a request's arguments, and writing what answers have in common. Private to the room.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "core/base/time.h"
#include "host/config/settings.h"

namespace pf::admin {

using Json = nlohmann::ordered_json;

inline constexpr std::size_t kShownBytes = 64;  // of a stranger's text, in an error message
// Access for longer than a century is for ever.
inline constexpr std::int64_t kMaxExpiry_s = std::int64_t{100} * 365 * 24 * 3600;

// Empty: not given.
std::string text(const Json& arguments, const char* name);
Result<std::optional<std::int64_t>> number(const Json& arguments, const char* name,
                                           std::int64_t most);
// The argument "session". Empty: not given.
Result<std::optional<unsigned>> session_of(const Json& arguments);

// What somebody wrote for a setting, or for a key of an application; whether it suits is asked
// later.
config::Value value_from(const Json& json);

std::int64_t whole_seconds(Nanos span);
// null: never.
Json date(const std::optional<WireTime>& at);

// `to_json` makes one of each.
template <class List, class ToJson>
Json list_of(const List& all, const ToJson& to_json) {
  Json list = Json::array();
  for (const auto& one : all) list.push_back(to_json(one));
  return list;
}

}  // namespace pf::admin
