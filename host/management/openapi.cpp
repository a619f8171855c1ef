#include "host/management/openapi.h"

#include <nlohmann/json.hpp>

#include "host/management/routes.h"
#include "host/management/schemas.h"

namespace pf::management {
namespace {

using Json = nlohmann::ordered_json;

Json schema_of(const admin::Argument& argument) {
  Json schema;
  switch (argument.type) {
    case admin::ArgumentType::text:
      schema = {{"type", "string"}};
      break;
    case admin::ArgumentType::whole_number:
      schema = {{"type", "integer"}, {"minimum", 0}};
      break;
    case admin::ArgumentType::texts:
      schema = {{"type", "array"}, {"items", {{"type", "string"}}}};
      break;
    case admin::ArgumentType::flag:
      schema = {{"type", "boolean"}};
      break;
    case admin::ArgumentType::settings:
      schema = {{"$ref", "#/components/schemas/SettingValues"}};
      break;
    case admin::ArgumentType::value:
      schema = Json::object();
      break;
  }
  schema["description"] = argument.sentence;
  return schema;
}

Json path_parameters(const Route& route) {
  Json parameters = Json::array();
  for (std::size_t at = route.path.find('{'); at != std::string_view::npos;
       at = route.path.find('{', at + 1)) {
    const std::string_view name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
    const admin::Argument* argument = path_argument(route, name);
    parameters.push_back(
        {{"name", name},
         {"in", "path"},
         {"required", true},
         {"schema", argument == nullptr ? Json{{"type", "string"}} : schema_of(*argument)}});
  }
  return parameters;
}

Json parameters(const Route& route) {
  Json all = path_parameters(route);
  const auto header = [&](const char* name, const char* sentence) {
    all.push_back({{"name", name},
                   {"in", "header"},
                   {"required", false},
                   {"description", sentence},
                   {"schema", {{"type", "string"}}}});
  };
  if (route.tagged && route.method != "GET")
    header("If-Match", "the ETag that the change is meant for; 412 when it is another by now");
  if ((route.tagged && route.method == "GET") || route.own == Own::art)
    header("If-None-Match", "the ETag of what one has; 304 when it is still that");
  for (const admin::Argument& argument : query_of(route)) {
    // Lists are one text with commas between.
    all.push_back({{"name", argument.name},
                   {"in", "query"},
                   {"required", argument.required},
                   {"explode", false},
                   {"schema", schema_of(argument)}});
  }
  if (route.own == Own::events) {
    header("Last-Event-ID", "goes on behind this event");
    all.push_back(
        {{"name", "kinds"},
         {"in", "query"},
         {"required", false},
         {"description",
          "only these, with commas between: session, device, knock, pin, setting, health, "
          "blackbox, clip, doctor, library, log; all but log when not given"},
         {"schema", {{"type", "string"}}}});
  }
  return all;
}

Json body(const Route& route) {
  Json properties = Json::object(), required = Json::array();
  for (const admin::Argument& argument : body_of(route)) {
    properties[std::string(argument.name)] = schema_of(argument);
    if (argument.required) required.push_back(argument.name);
  }
  if (route.own == Own::log_in) {
    properties["password"] = {{"type", "string"}};
    required.push_back("password");
  }
  if (properties.empty()) return {};
  Json schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
  if (!required.empty()) schema["required"] = required;
  return {{"required", !required.empty()},
          {"content", {{"application/json", {{"schema", schema}}}}}};
}

Json answers(const Route& route) {
  Json good = {{"description", route.schema.empty() ? "done" : std::string(route.schema)}};
  if (!route.schema.empty()) {
    good["content"][std::string(route.media)]["schema"] = {
        {"$ref", "#/components/schemas/" + std::string(route.schema)}};
  }
  if (route.tagged && !route.schema.empty())
    good["headers"]["ETag"] = {{"schema", {{"type", "string"}}}};
  Json all = {{std::to_string(route.status), std::move(good)}};
  if ((route.tagged && route.method == "GET") || route.own == Own::art)
    all["304"] = {{"description", "it is what the ETag of If-None-Match says"}};
  all["default"] = {{"$ref", "#/components/responses/Problem"}};
  return all;
}

Json security(const Route& route) {
  if (route.need == Need::nothing) return Json::array();
  Json ways = Json::array({{{"token", Json::array()}}, {{"cookie", Json::array()}}});
  if (route.need == Need::device) ways.push_back({{"certificate", Json::array()}});
  return ways;
}

Json operation(const Route& route) {
  Json json = {{"operationId", route.id},
               {"summary", route.sentence},
               {"x-scope", to_string(route.need)},
               {"x-idempotent", is_idempotent(route)},
               {"security", security(route)}};
  if (Json all = parameters(route); !all.empty()) json["parameters"] = std::move(all);
  if (Json wanted = body(route); !wanted.is_null()) json["requestBody"] = std::move(wanted);
  json["responses"] = answers(route);
  if (route.at_root) json["servers"] = Json::array({{{"url", "/"}}});
  return json;
}

Json security_schemes() {
  return {{"token",
           {{"type", "http"},
            {"scheme", "bearer"},
            {"description", "made by punktfunk-host token create; x-scope says which is enough"}}},
          {"cookie",
           {{"type", "apiKey"},
            {"in", "cookie"},
            {"name", "__Host-punktfunk"},
            {"description", "from logIn; changes need its X-CSRF-Token besides"}}},
          {"certificate",
           {{"type", "mutualTLS"}, {"description", "of a paired device: looks, changes nothing"}}}};
}

std::string make_text() {
  Json paths = Json::object();
  for (const Route& route : routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    paths[std::string(route.path)][method] = operation(route);
  }
  const Json problem = {
      {"description", "what was wrong, for people and for programs"},
      {"content",
       {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
  const Json document = {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "punktfunk host"},
        {"version", "1"},
        {"description",
         "Management of a running punktfunk host. Units are in the names. What says x-idempotent "
         "may be asked again when its answer was lost."},
        {"license", {{"name", "MIT OR Apache-2.0"}, {"identifier", "MIT OR Apache-2.0"}}}}},
      {"servers", Json::array({{{"url", std::string(kPrefix)}}})},
      {"paths", paths},
      {"components",
       {{"schemas", schemas()},
        {"responses", {{"Problem", problem}}},
        {"securitySchemes", security_schemes()}}}};
  return document.dump(2) + "\n";
}

}  // namespace

const std::string& openapi_text() {
  static const std::string text = make_text();
  return text;
}

}  // namespace pf::management
