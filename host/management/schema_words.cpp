#include "host/management/schema_words.h"

namespace pf::management::words {

Json text() { return {{"type", "string"}}; }
Json hex(int digit_count) {
  return {{"type", "string"}, {"pattern", "^[0-9a-f]{" + std::to_string(digit_count) + "}$"}};
}
Json whole() { return {{"type", "integer"}, {"minimum", 0}}; }
Json flag() { return {{"type", "boolean"}}; }
Json one_of_these(std::initializer_list<const char*> names) {
  return {{"type", "string"}, {"enum", std::vector<std::string>(names.begin(), names.end())}};
}
Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
Json ref(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }
Json or_null(Json schema) {
  return {{"oneOf", Json::array({std::move(schema), {{"type", "null"}}})}};
}
Json described(Json schema, const char* sentence) {
  schema["description"] = sentence;
  return schema;
}
Json seconds_since_1970() { return described(whole(), "seconds since 1970"); }

Json object(Json properties) {
  Json required = Json::array();
  for (const auto& property : properties.items()) required.push_back(property.key());
  return {{"type", "object"},
          {"additionalProperties", false},
          {"required", std::move(required)},
          {"properties", std::move(properties)}};
}
Json list_object(const char* name, const char* schema) {
  return object({{name, list_of(ref(schema))}});
}

Json with(Json schema, const char* name, Json property) {
  schema["properties"][name] = std::move(property);
  schema["required"].push_back(name);
  return schema;
}

}  // namespace pf::management::words
