#include "host/management/subject.h"

#include "host/management/schema_words.h"

namespace pf::management {
namespace {

using namespace words;

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

Result<Json> get_setting(Administration& administration, const Json& arguments) {
  PF_TRY(const Json all, ask(administration, "settings"));
  return one_of(all["settings"], "key", arguments["key"], "setting");
}

std::vector<Route> rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/settings",
       .id = "listSettings",
       .sentence = "The settings in force, and what each may be.",
       .need = read,
       .schema = "SettingList",
       .requests = {"settings"}},
      {.method = "GET",
       .path = "/settings/{key}",
       .id = "getSetting",
       .sentence = "One setting.",
       .need = read,
       .schema = "Setting",
       .act = get_setting},
  };
}

Json schemas() {
  return {{"Setting", setting()}, {"SettingList", list_object("settings", "Setting")}};
}

}  // namespace

Subject setting_subject() { return {rows(), schemas()}; }

}  // namespace pf::management
