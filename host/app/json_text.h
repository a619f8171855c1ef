#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace pf::app {

// json[key] as a table shows it: a string without quotes, anything else as JSON, nothing for null
// or a missing key.
inline std::string json_text(const nlohmann::ordered_json& json, const char* key) {
  const auto at = json.find(key);
  if (at == json.end() || at->is_null()) return {};
  return at->is_string() ? at->get<std::string>() : at->dump();
}

}  // namespace pf::app
