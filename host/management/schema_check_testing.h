// For tests: does a JSON value suit a schema? Knows the words that schemas.cpp uses, and says so
// when there is another.
#pragma once

#include <regex>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

namespace pf::management {

class SchemaCheck {
 public:
  using Json = nlohmann::ordered_json;
  // `document`: where references lead.
  explicit SchemaCheck(const Json& document) : document_(document) {}

  // What is wrong; empty: nothing.
  std::string check(const Json& schema, const Json& value, const std::string& where = "$") const {
    if (const auto ref = schema.find("$ref"); ref != schema.end())
      return check(document_.at(Json::json_pointer(ref->get<std::string>().substr(1))), value,
                   where);
    static const std::set<std::string> kKnown{"type",       "enum",
                                              "pattern",    "minimum",
                                              "maximum",    "maxItems",
                                              "maxLength",  "items",
                                              "properties", "oneOf",
                                              "default",    "description",
                                              "required",   "additionalProperties"};
    for (const auto& word : schema.items())
      if (kKnown.count(word.key()) == 0) return where + ": unknown word " + word.key();
    if (schema.contains("oneOf")) return check_one_of(schema["oneOf"], value, where);
    if (schema.contains("type") && !has_type(schema["type"], value))
      return where + " is no " + schema["type"].get<std::string>() + ": " + value.dump();
    if (schema.contains("enum") &&
        std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
      return where + " is none of the words: " + value.dump();
    if (schema.contains("minimum") && value < schema["minimum"]) return where + " is too small";
    if (schema.contains("maximum") && value > schema["maximum"]) return where + " is too large";
    if (schema.contains("pattern") &&
        !std::regex_search(value.get<std::string>(),
                           std::regex(schema["pattern"].get<std::string>())))
      return where + " does not match: " + value.dump();
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i)
        if (auto wrong = check(schema["items"], value[i], where + "[" + std::to_string(i) + "]");
            !wrong.empty())
          return wrong;
    }
    return value.is_object() ? check_members(schema, value, where) : "";
  }

 private:
  std::string check_one_of(const Json& choices, const Json& value, const std::string& where) const {
    std::string first;
    for (const Json& choice : choices) {
      const std::string wrong = check(choice, value, where);
      if (wrong.empty()) return "";
      if (first.empty()) first = wrong;
    }
    return first;
  }
  std::string check_members(const Json& schema, const Json& value, const std::string& where) const {
    for (const Json& name : schema.value("required", Json::array()))
      if (!value.contains(name.get<std::string>())) return where + " lacks " + name.dump();
    const Json properties = schema.value("properties", Json::object());
    for (const auto& member : value.items()) {
      const auto at = properties.find(member.key());
      if (at == properties.end()) {
        if (schema.value("additionalProperties", true)) continue;
        return where + " has an unknown member " + member.key();
      }
      if (auto wrong = check(*at, member.value(), where + "." + member.key()); !wrong.empty())
        return wrong;
    }
    return "";
  }
  static bool has_type(const Json& type, const Json& value) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    return type == "null" && value.is_null();
  }

  const Json& document_;
};

}  // namespace pf::management
