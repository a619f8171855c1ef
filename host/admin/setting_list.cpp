#include "host/admin/setting_list.h"

#include "host/config/settings.h"

namespace pf::admin {
namespace {

using namespace config;

const char* name_of(TakesEffect takes_effect) {
  switch (takes_effect) {
    case TakesEffect::live:
      return "live";
    case TakesEffect::next_session:
      return "next_session";
    case TakesEffect::restart:
      return "restart";
  }
  return "restart";
}

Json value_of(HostConfig& config, const Setting& setting) {
  return std::visit(
      [&](const auto& type) -> Json {
        if constexpr (requires { type.get(config); })
          return type.get(config);
        else
          return type.at(config);
      },
      setting.type);
}

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

}  // namespace

Json setting_list(const HostConfig& config) {
  HostConfig in_force = config, defaults;  // the table's rows give out references
  Json list = Json::array();
  for (const Setting& setting : settings()) {
    Json json = {{"key", setting.key},
                 {"value", value_of(in_force, setting)},
                 {"default", value_of(defaults, setting)},
                 {"unit", setting.unit},
                 {"takes_effect", name_of(setting.takes_effect)},
                 {"sentence", setting.sentence},
                 {"requirement", requirement(setting)}};
    std::visit(Describe{json}, setting.type);
    list.push_back(std::move(json));
  }
  return {{"settings", std::move(list)}};
}

}  // namespace pf::admin
