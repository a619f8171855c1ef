#include "host/management/schemas.h"

#include <nlohmann/json.hpp>

namespace pf::management {
namespace {

using Json = nlohmann::ordered_json;

// Small words for what the schemas are made of.
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

// Everything is always there; what may be missing is null.
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

Json grants() {
  return list_of(
      one_of_these({"gamepad", "pointer", "keyboard", "clipboard", "microphone", "launch"}));
}

Json armed() {
  return object({{"arming", whole()},
                 {"left_s", described(or_null(whole()), "null: until it is used")},
                 {"device", described(or_null(hex(64)), "the only device that may use the PIN")}});
}

Json token() {
  return object({{"id", hex(8)},
                 {"name", text()},
                 {"scope", one_of_these({"read", "control", "admin"})},
                 {"made_at_s", seconds_since_1970()},
                 {"expires_at_s", or_null(seconds_since_1970())},
                 {"expired", flag()}});
}

Json setting() {
  Json schema =
      object({{"key", text()},
              {"value", described(Json::object(), "of the setting's type")},
              {"default", Json::object()},
              {"unit", text()},
              {"takes_effect", one_of_these({"live", "next_session", "restart"})},
              {"sentence", text()},
              {"requirement", described(text(), "what a value must be")},
              {"type", one_of_these({"whole_number", "flag", "text", "choice", "texts"})}});
  schema["properties"]["least"] = {{"type", "integer"}};
  schema["properties"]["most"] = {{"type", "integer"}};
  schema["properties"]["choices"] = list_of(text());
  return schema;
}

Json problem() {
  return described(object({{"type", text()},
                           {"title", text()},
                           {"status", whole()},
                           {"detail", described(text(), "one sentence for people")},
                           {"code", described(text(), "for programs: does not change")}}),
                   "RFC 9457");
}

Json host_schemas() {
  return {
      {"Host", object({{"version", text()},
                       {"name", text()},
                       {"id", text()},
                       {"address", described(text(), "where native clients connect (UDP)")},
                       {"fingerprint", hex(64)},
                       {"open", described(flag(), "admits devices that never paired")},
                       {"gamestream",
                        described(or_null(text()), "where Moonlight clients come; null: nowhere")},
                       {"uptime_s", whole()},
                       {"sessions", whole()},
                       {"devices", whole()},
                       {"knocks", whole()},
                       {"pins", described(whole(), "Moonlight clients that wait for their PIN")},
                       {"pairing_armed", flag()}})},
      {"Health", object({{"worker", text()},
                         {"health", one_of_these({"working", "healing", "stuck", "given_up"})},
                         {"for_s", whole()},
                         {"reason", text()},
                         {"doing", text()},
                         {"reopened", whole()}})},
      {"HealthList", list_object("health", "Health")},
      {"Microphone", object({{"open", flag()},
                             {"recorded", flag()},
                             {"muted", flag()},
                             {"session", or_null(whole())},
                             {"level_dbfs", {{"type", "number"}}},
                             {"packets", whole()},
                             {"concealed", whole()},
                             {"garbage", whole()},
                             {"dropped", whole()},
                             {"heard_samples", whole()},
                             {"unheard_samples", whole()}})},
      {"Session",
       object({{"number", whole()},
               {"device", text()},
               {"fingerprint", or_null(hex(64))},
               {"address", text()},
               {"mode", text()},
               {"bitrate_kbps", whole()},
               {"duration_s", whole()},
               {"state", one_of_these({"starting", "streaming", "ending", "lingering"})}})},
      {"SessionList", list_object("sessions", "Session")}};
}

Json trust_schemas() {
  return {
      {"Device", object({{"fingerprint", hex(64)},
                         {"name", text()},
                         {"kind", text()},
                         {"grants", grants()},
                         {"expires_at_s", or_null(seconds_since_1970())},
                         {"expired", flag()},
                         {"paired_at_s", seconds_since_1970()},
                         {"last_seen_s", or_null(seconds_since_1970())},
                         {"play_on", described(or_null(one_of_these({"client", "both", "host"})),
                                               "where its sound is heard; null: as the setting "
                                               "audio.play_on says")}})},
      {"DeviceList", list_object("devices", "Device")},
      {"Knock", object({{"id", whole()},
                        {"fingerprint", hex(64)},
                        {"name", text()},
                        {"from", text()},
                        {"since_s", whole()},
                        {"waiting", described(flag(), "its connection is still there")}})},
      {"KnockList", list_object("knocks", "Knock")},
      {"ArmedPairing", with(armed(), "pin", text())},
      {"Pairing",
       object({{"armed", or_null(armed())},
               {"last", or_null(object({{"arming", whole()},
                                        {"outcome", one_of_these({"paired", "wrong_pin",
                                                                  "abandoned", "not_saved"})},
                                        {"name", text()},
                                        {"fingerprint", hex(64)}}))},
               {"knocks", list_of(ref("Knock"))},
               {"pins", list_of(ref("WaitingPin"))},
               {"last_pin", or_null(object({{"ticket", whole()},
                                            {"outcome", one_of_these({"paired", "wrong_pin",
                                                                      "abandoned", "not_saved"})},
                                            {"name", text()},
                                            {"fingerprint", hex(64)},
                                            {"why", text()}}))}})},
      {"WaitingPin", described(object({{"ticket", whole()},
                                       {"from", text()},
                                       {"fingerprint", hex(64)},
                                       {"since_s", whole()}}),
                               "a Moonlight client that shows a PIN")},
      {"PinTicket", object({{"ticket", described(whole(), "getPairing tells what came of it")}})}};
}

Json access_schemas() {
  return {{"Setting", setting()},
          {"SettingList", list_object("settings", "Setting")},
          {"Token", token()},
          {"TokenList", list_object("tokens", "Token")},
          {"NewToken", with(token(), "secret", described(text(), "told this once"))},
          {"Login", object({{"csrf_token", described(text(), "for the header X-CSRF-Token")},
                            {"expires_in_s", whole()}})},
          {"Caller", object({{"kind", one_of_these({"token", "password", "device"})},
                             {"name", text()},
                             {"scope", one_of_these({"device", "read", "control", "admin"})}})},
          {"Event", described(text(), "text/event-stream: id, event, data as JSON")},
          {"Document", {{"type", "object"}}},
          {"Problem", problem()}};
}

}  // namespace

const Json& schemas() {
  static const Json all = [] {
    Json made = host_schemas();
    made.update(trust_schemas());
    made.update(access_schemas());
    return made;
  }();
  return all;
}

}  // namespace pf::management
