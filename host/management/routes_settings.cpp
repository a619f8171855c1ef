#include "host/management/subject.h"

#include "host/config/settings.h"
#include "host/management/schema_words.h"

namespace pf::management {
namespace {

using namespace words;

Json setting() {
  Json schema = object(
      {{"key", text()},
       {"value", described(Json::object(), "in force, of the setting's type")},
       {"default", Json::object()},
       {"origin", described(one_of_these({"default", "file", "command_line"}),
                            "where the value comes from; what the command line gives, the file "
                            "cannot change")},
       {"saved", described(Json::object(), "what the file says; null: nothing")},
       {"line", or_null(described(whole(), "of the file"))},
       {"waits_for_restart",
        described(flag(), "another value is in force when the host is started again")},
       {"unit", text()},
       {"takes_effect",
        described(one_of_these({"live", "next_session", "restart"}),
                  "when a change counts: at once, for sessions that begin then, or when the host "
                  "is started again")},
       {"sentence", text()},
       {"requirement", described(text(), "what a value must be")},
       {"type", one_of_these({"whole_number", "flag", "text", "choice", "texts"})}});
  schema["properties"]["least"] = {{"type", "integer"}};
  schema["properties"]["most"] = {{"type", "integer"}};
  schema["properties"]["choices"] = list_of(text());
  return schema;
}

Json revision() { return described(text(), "of the configuration file: its ETag"); }

Json list() {
  Json schema = list_object("settings", "Setting");
  schema = with(schema, "revision", revision());
  schema = with(schema, "file", described(text(), "its path"));
  return with(schema, "problem",
              or_null(described(text(), "why the file as it is now is not in force")));
}

struct ValueSchema {
  Json operator()(const config::WholeNumber& type) const {
    return {{"type", "integer"}, {"minimum", type.least}, {"maximum", type.most}};
  }
  Json operator()(const config::Flag&) const { return flag(); }
  Json operator()(const config::Text&) const {
    return {{"type", "string"}, {"maxLength", config::kMaxTextBytes}};
  }
  Json operator()(const config::Choice& type) const {
    return {{"type", "string"}, {"enum", type.choices}};
  }
  Json operator()(const config::TextList&) const {
    Json schema = list_of(text());
    schema["maxItems"] = config::kMaxListItems;
    return schema;
  }
};

// Of each setting, what a change may bring.
Json values() {
  Json properties = Json::object();
  for (const config::Setting& one : config::settings())
    properties[std::string(one.key)] = or_null(std::visit(ValueSchema{}, one.type));
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
}

Result<Json> list_settings(Administration& administration, const Json&) {
  return ask(administration, "settings");
}

// The one of a list, with what the list says besides.
Result<Json> only(Json list, const Json& key) {
  PF_TRY(Json one, one_of(list["settings"], "key", key, "setting"));
  for (const char* name : {"revision", "file", "problem"}) one[name] = std::move(list[name]);
  return one;
}

Result<Json> get_setting(Administration& administration, const Json& arguments) {
  PF_TRY(Json all, ask(administration, "settings"));
  return only(std::move(all), arguments["key"]);
}

Result<Json> reset_setting(Administration& administration, const Json& arguments) {
  PF_TRY_VOID(get_setting(administration, arguments));  // an unknown one is not found
  PF_TRY(Json changed, admin::handle(administration, "reset-setting", arguments));
  return only(std::move(changed), arguments["key"]);
}

std::vector<Route> setting_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/settings",
       .id = "listSettings",
       .sentence = "The settings in force, where each comes from, and what it may be.",
       .need = read,
       .schema = "SettingList",
       .act = list_settings,
       .tagged = true},
      {.method = "PATCH",
       .path = "/settings",
       .id = "changeSettings",
       .sentence =
           "Changes settings, all or none, in the configuration file, of which every other byte "
           "stays; what is live is in force at once. Answers with those that were named.",
       .need = admin,
       .schema = "SettingList",
       .requests = {"set-settings"},
       .tagged = true},
      {.method = "GET",
       .path = "/settings/{key}",
       .id = "getSetting",
       .sentence = "One setting.",
       .need = read,
       .schema = "OneSetting",
       .act = get_setting,
       .tagged = true},
      {.method = "DELETE",
       .path = "/settings/{key}",
       .id = "resetSetting",
       .sentence = "Takes a setting out of the configuration file: back to its default.",
       .need = admin,
       .schema = "OneSetting",
       .requests = {"reset-setting"},
       .act = reset_setting,
       .tagged = true},
  };
}

Json setting_schemas() {
  Json one = setting();
  const Json all = list();
  for (const char* name : {"revision", "file", "problem"})
    one = with(one, name, all["properties"][name]);
  return {{"Setting", setting()},
          {"OneSetting", one},
          {"SettingList", all},
          {"SettingValues", values()}};
}

}  // namespace

Subject setting_subject() { return {setting_rows(), setting_schemas()}; }

}  // namespace pf::management
