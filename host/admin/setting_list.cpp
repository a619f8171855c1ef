#include "host/admin/setting_list.h"

#include "host/config/settings.h"

namespace pf::admin {
namespace {

using namespace config;

// What it is, and the bounds of it.
struct Describe {
  Json& json;
  void operator()(const WholeNumber& type) const {
    json["type"] = "whole_number";
    json["least"] = type.least;
    json["most"] = type.most;
  }
  void operator()(const Flag&) const { json["type"] = "flag"; }
  void operator()(const Text&) const { json["type"] = "text"; }
  void operator()(const Choice& type) const {
    json["type"] = "choice";
    json["choices"] = type.choices;
  }
  void operator()(const TextList&) const { json["type"] = "texts"; }
};

Json list_json(const Snapshot& snapshot, Json list) {
  return {{"settings", std::move(list)},
          {"revision", snapshot.revision},
          {"file", snapshot.path},
          {"problem", snapshot.problem.empty() ? Json() : Json(snapshot.problem)}};
}

}  // namespace

Json to_json(const Value& value) {
  return std::visit(
      [](const auto& one) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, Unusable>)
          return {};
        else
          return one;
      },
      value);
}

Json setting_json(const Snapshot& snapshot, const Setting& setting) {
  static const HostConfig kDefaults;
  const Value value = value_of(snapshot.in_force, setting);
  const auto line = snapshot.lines.find(setting.key);
  const bool is_saved = line != snapshot.lines.end();
  Json json = {
      {"key", setting.key},
      {"value", to_json(value)},
      {"default", to_json(value_of(kDefaults, setting))},
      {"origin", to_string(snapshot.origin_of(setting))},
      {"saved", is_saved ? to_json(value_of(snapshot.saved, setting)) : Json()},
      {"line", is_saved ? Json(line->second) : Json()},
      {"waits_for_restart", value != value_of(snapshot.next_start, setting)},
      {"unit", setting.unit},
      {"takes_effect", to_string(setting.takes_effect)},
      {"sentence", setting.sentence},
      {"requirement", requirement(setting)},
  };
  std::visit(Describe{json}, setting.type);
  return json;
}

Json setting_list(const Snapshot& snapshot) {
  Json list = Json::array();
  for (const Setting& setting : config::settings()) list.push_back(setting_json(snapshot, setting));
  return list_json(snapshot, std::move(list));
}

Json setting_list(const Snapshot& snapshot, std::span<const SettingChange> changes) {
  Json list = Json::array();
  for (const SettingChange& change : changes)
    list.push_back(setting_json(snapshot, *change.setting));
  return list_json(snapshot, std::move(list));
}

}  // namespace pf::admin
