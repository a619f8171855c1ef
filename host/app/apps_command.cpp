#include "host/app/apps_command.h"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "host/app/environment.h"
#include "host/app/options.h"
#include "host/apps/catalogue.h"
#include "host/apps/command.h"
#include "host/config/config_file.h"

namespace pf::app {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const apps::App& app) {
  Json prep = Json::array();
  for (const config::PrepStep& step : app.prep)
    prep.push_back({{"run", step.run}, {"undo", step.undo}});
  return {{"id", static_cast<std::uint32_t>(app.id)},
          {"name", app.name},
          {"command", app.command},
          {"working_folder", app.working_folder},
          {"image", app.image},
          {"mode", app.mode ? Json(to_string(*app.mode)) : Json()},
          {"ends_session", app.ends_session},
          {"prep", prep}};
}

void print_json(const apps::Catalogue& catalogue) {
  Json list = Json::array();
  for (const apps::App& app : catalogue.apps()) list.push_back(to_json(app));
  std::puts(Json{{"apps", list}}.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

void print(const apps::Catalogue& catalogue) {
  std::size_t widest = 4;
  for (const apps::App& app : catalogue.apps()) widest = std::max(widest, app.name.size());
  std::printf("%10s  %-*s  %-18s  %s\n", "ID", static_cast<int>(widest), "NAME", "MODE", "COMMAND");
  for (const apps::App& app : catalogue.apps()) {
    const std::string mode = app.mode ? to_string(*app.mode) : "the client's";
    const std::string line =
        app.command.empty() ? "-"
                            : apps::line_of({.words = app.command, .folder = "", .run_as = ""});
    std::printf("%10u  %-*s  %-18s  %s\n", static_cast<std::uint32_t>(app.id),
                static_cast<int>(widest), app.name.c_str(), mode.c_str(), line.c_str());
  }
}

}  // namespace

int run_apps(const AppsCommand& command) {
  const auto complain = [](const Error& error, int exit_code) {
    std::fprintf(stderr, "punktfunk-host: %s\n", error.what.c_str());
    return exit_code;
  };
  const auto paths = find_paths();
  if (!paths) return complain(paths.error(), kExitFailed);
  const auto config = config::load_config(
      command.config_file.empty() ? paths->config_file : command.config_file, {});
  if (!config) return complain(config.error(), kExitUsage);
  const auto catalogue = apps::Catalogue::make(*config);
  if (!catalogue) return complain(catalogue.error(), kExitUsage);
  command.json ? print_json(*catalogue) : print(*catalogue);
  return kExitDone;
}

}  // namespace pf::app
