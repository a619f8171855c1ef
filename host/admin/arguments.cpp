#include "host/admin/arguments.h"

#include <limits>

namespace pf::admin {
namespace {

config::Value list_value(const Json& json) {
  std::vector<std::string> texts;
  for (const Json& item : json) {
    if (!item.is_string()) return config::Unusable{"a list with something else than texts"};
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

}  // namespace

std::string text(const Json& arguments, const char* name) {
  return arguments.value(name, std::string());
}

Result<std::optional<std::int64_t>> number(const Json& arguments, const char* name,
                                           std::int64_t most) {
  const auto at = arguments.find(name);
  if (at == arguments.end()) return std::optional<std::int64_t>();
  // Large ones are unsigned in JSON's eyes, and would wrap around here.
  const bool fits =
      !at->is_number_unsigned() || at->get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
  if (!fits || at->get<std::int64_t>() < 0 || at->get<std::int64_t>() > most)
    return fail(ErrorKind::malformed, "{} must be a whole number from 0 to {}", name, most);
  return std::optional(at->get<std::int64_t>());
}

Result<std::optional<unsigned>> session_of(const Json& arguments) {
  PF_TRY(const auto given, number(arguments, "session", std::numeric_limits<std::uint32_t>::max()));
  return given ? std::optional(static_cast<unsigned>(*given)) : std::nullopt;
}

config::Value value_from(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) return list_value(json);
  if (json.is_object()) return config::Unusable{"an object"};
  if (!json.is_number_integer()) return config::Unusable{"a number with a point"};
  if (json.is_number_unsigned() &&
      json.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
    return config::Unusable{"a number beyond all bounds"};
  return json.get<std::int64_t>();
}

std::int64_t whole_seconds(Nanos span) {
  return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

Json date(const std::optional<WireTime>& at) {
  return at ? Json(whole_seconds(at->since_epoch())) : Json();
}

}  // namespace pf::admin
