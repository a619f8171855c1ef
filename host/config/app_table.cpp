#include "host/config/app_table.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "host/config/app_settings.h"
#include "host/config/suggestion.h"

namespace pf::config {
namespace {

constexpr std::string_view kPrep = "prep";

Value value_of_array(const toml::array& array) {
  std::vector<std::string> texts;
  for (const toml::node& item : array) {
    const auto* text = item.as_string();
    if (text == nullptr) return Unusable{"a list with something else than texts"};
    texts.push_back(text->get());
  }
  return texts;
}

std::vector<std::string_view> app_keys() {
  std::vector<std::string_view> keys;
  for (const AppSetting& setting : app_settings()) keys.push_back(setting.key);
  keys.push_back(kPrep);
  return keys;
}

void read_step(const toml::node& node, PrepStep& step, std::vector<Problem>& problems) {
  const std::uint32_t line = node.source().begin.line;
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    problems.push_back({line, "each of app.prep must be { run = [...], undo = [...] }"});
    return;
  }
  for (auto&& [key, value] : *table) {
    const std::string_view name = key.str();
    if (name != "run" && name != "undo") {
      const std::vector<std::string_view> known{"run", "undo"};
      problems.push_back(
          {key.source().begin.line, fmt::format("unknown setting 'app.prep.{}'{}", printable(name),
                                                did_you_mean(name, known))});
      continue;
    }
    std::vector<std::string>& command = name == "run" ? step.run : step.undo;
    command = command_of(value_of(value));
    if (command.empty())
      problems.push_back(
          {value.source().begin.line,
           fmt::format("app.prep.{} must be a list of texts, the program first", name)});
  }
  if (table->empty()) problems.push_back({line, "a step of app.prep needs run, undo or both"});
}

void read_prep(const toml::node& node, AppConfig& app, std::vector<Problem>& problems) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->size() > kMaxPrepSteps) {
    problems.push_back(
        {node.source().begin.line,
         fmt::format("app.prep must be a list of at most {} steps {{ run = [...], undo = [...] }}",
                     kMaxPrepSteps)});
    return;
  }
  for (const toml::node& item : *list) read_step(item, app.prep.emplace_back(), problems);
}

void read_app(const toml::table& table, AppConfig& app, std::vector<Problem>& problems) {
  for (auto&& [key, node] : table) {
    const std::string_view name = key.str();
    if (name == kPrep) {
      read_prep(node, app, problems);
      continue;
    }
    const AppSetting* setting = find_app_setting(name);
    if (setting == nullptr) {
      problems.push_back(
          {key.source().begin.line, fmt::format("unknown setting 'app.{}'{}", printable(name),
                                                did_you_mean(name, app_keys()))});
    } else if (!setting->assign(app, value_of(node))) {
      problems.push_back({node.source().begin.line,
                          fmt::format("app.{} must be {}", setting->key, setting->must_be)});
    }
  }
  for (const AppSetting& setting : app_settings()) {
    if (setting.default_text.empty() && !table.contains(setting.key))
      problems.push_back({table.source().begin.line, fmt::format("an [[app]] needs app.{}: {}",
                                                                 setting.key, setting.must_be)});
  }
}

// Of names only; what else is wrong with an application has been said.
void check_name(const AppConfig& app, std::span<const AppConfig> before, std::uint32_t line,
                std::vector<Problem>& problems) {
  if (app.name == kDesktopName)
    problems.push_back(
        {line, fmt::format("'{}' is always there and needs no [[app]]; what runs in it is "
                           "desktop.command",
                           kDesktopName)});
  const bool taken = !app.name.empty() &&
                     std::any_of(before.begin(), before.end(),
                                 [&](const AppConfig& other) { return other.name == app.name; });
  if (taken)
    problems.push_back(
        {line, fmt::format("there is an application '{}' already", printable(app.name))});
}

}  // namespace

Value value_of(const toml::node& node) {
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* array = node.as_array()) return value_of_array(*array);
  if (node.is_table()) return Unusable{"a section"};
  if (node.is_floating_point()) return Unusable{"a number with a point"};
  return Unusable{"a date or time"};
}

void read_apps(const toml::node& list, std::uint32_t line, std::vector<AppConfig>& apps,
               std::vector<Problem>& problems) {
  const toml::array* tables = list.as_array();
  if (tables == nullptr) {
    problems.push_back({line, "'app' is a list: write [[app]] and one application below"});
    return;
  }
  if (tables->size() > kMaxApps) {
    problems.push_back({line, fmt::format("more than {} applications", kMaxApps)});
    return;
  }
  for (const toml::node& item : *tables) {
    const std::uint32_t at = item.source().begin.line;
    AppConfig app;
    if (const toml::table* table = item.as_table()) {
      read_app(*table, app, problems);
      check_name(app, apps, at, problems);
    } else {
      problems.push_back({at, "'app' is a list: write [[app]] and one application below"});
    }
    apps.push_back(std::move(app));
  }
}

}  // namespace pf::config
