// The applications of the configuration: what they are, and changes of them, which go into the
// file.
#include <algorithm>
#include <array>

#include "host/admin/arguments.h"
#include "host/admin/request_tables.h"
#include "host/apps/catalogue.h"
#include "host/config/app_edit.h"
#include "host/config/app_settings.h"
#include "host/config/config_file.h"

namespace pf::admin {
namespace {

using config::AppConfig;

constexpr Argument kWhich{"application", ArgumentType::whole_number, true,
                          "its id, as the list has it"};
constexpr std::array kOneArguments{kWhich};
constexpr std::array kMakeArguments{
    Argument{"name", ArgumentType::text, true, "what people see; no two are alike"},
    Argument{"command", ArgumentType::texts, true, "the program and its arguments"},
    Argument{"working_folder", ArgumentType::value, false, "an absolute path"},
    Argument{"image", ArgumentType::value, false, "an absolute path of a PNG"},
    Argument{"mode", ArgumentType::value, false, "of its display, such as 1920x1080@60"},
    Argument{"ends_session", ArgumentType::value, false, "when it has ended by itself"},
    Argument{"prep", ArgumentType::value, false,
             "a list of {\"run\": [...], \"undo\": [...]}: before it starts, after it has ended"},
    kRevision};
constexpr std::array kEditArguments{
    kWhich,
    Argument{"name", ArgumentType::text, false, "another name: the answer has another id"},
    Argument{"command", ArgumentType::texts, false, "the program and its arguments"},
    Argument{"working_folder", ArgumentType::value, false, "an absolute path; null: none"},
    Argument{"image", ArgumentType::value, false, "an absolute path of a PNG; null: none"},
    Argument{"mode", ArgumentType::value, false, "of its display; null: as the client asks"},
    Argument{"ends_session", ArgumentType::value, false, "when it has ended; null: true"},
    Argument{"prep", ArgumentType::value, false,
             "a list of {\"run\": [...], \"undo\": [...]}; null: none"},
    kRevision};
constexpr std::array kRemoveArguments{kWhich, kRevision};

Json to_json(const config::PrepStep& step) { return {{"run", step.run}, {"undo", step.undo}}; }

Json to_json(const apps::App& app) {
  return {{"id", static_cast<std::uint32_t>(app.id)},
          {"name", app.name},
          {"command", app.command},
          {"working_folder", app.working_folder.empty() ? Json() : Json(app.working_folder)},
          {"image", app.image.empty() ? Json() : Json(app.image)},
          {"mode", app.mode ? Json(to_string(*app.mode)) : Json()},
          {"prep", list_of(app.prep, [](const auto& step) { return to_json(step); })},
          {"ends_session", app.ends_session},
          {"editable", !app.entry.empty()}};
}

// --- From JSON.

Failure wrong_prep() {
  return fail(ErrorKind::malformed,
              "prep must be a list of at most {} steps {{\"run\": [...], \"undo\": [...]}}, each "
              "with a program in run, undo or both",
              config::kMaxPrepSteps);
}

Result<config::PrepStep> step_from(const Json& json) {
  config::PrepStep step;
  if (!json.is_object()) return wrong_prep();
  for (const auto& member : json.items()) {
    if (member.key() != "run" && member.key() != "undo") return wrong_prep();
    if (member.value().is_array() && member.value().empty()) continue;  // as the list shows none
    auto& command = member.key() == "run" ? step.run : step.undo;
    command = config::command_of(value_from(member.value()));
    if (command.empty()) return wrong_prep();
  }
  if (step.run.empty() && step.undo.empty()) return wrong_prep();
  return step;
}

Result<std::vector<config::PrepStep>> prep_from(const Json& json) {
  std::vector<config::PrepStep> steps;
  if (json.is_null()) return steps;
  if (!json.is_array() || json.size() > config::kMaxPrepSteps) return wrong_prep();
  for (const Json& one : json) {
    PF_TRY(config::PrepStep step, step_from(one));
    steps.push_back(std::move(step));
  }
  return steps;
}

// null: as in a file that does not say it.
void reset(AppConfig& app, std::string_view key) {
  const AppConfig fresh;
  if (key == "working_folder") app.working_folder = fresh.working_folder;
  if (key == "image") app.image = fresh.image;
  if (key == "mode") app.mode = fresh.mode;
  if (key == "ends_session") app.ends_session = fresh.ends_session;
}

// What is given of its keys.
Result<void> take(AppConfig& app, const Json& arguments) {
  for (const config::AppSetting& setting : config::app_settings()) {
    const auto given = arguments.find(std::string(setting.key));
    if (given == arguments.end()) continue;
    if (given->is_null()) {
      reset(app, setting.key);
    } else if (!setting.assign(app, value_from(*given))) {
      return fail(ErrorKind::malformed, "{} must be {}", setting.key, setting.must_be);
    }
  }
  if (const auto prep = arguments.find("prep"); prep != arguments.end()) {
    PF_TRY(app.prep, prep_from(*prep));
  }
  return {};
}

// --- The requests.

Json with_revision(Json one, const Administration& host) {
  one["revision"] = host.settings().now()->revision;
  return one;
}

Result<apps::Catalogue> catalogue_of(const Administration& host) {
  return apps::Catalogue::make(host.settings().now()->in_force);
}

Result<Json> application_called(const Administration& host, std::string_view name) {
  PF_TRY(const auto catalogue, catalogue_of(host));
  const apps::App* const app = catalogue.find(apps::id_of(name));
  if (app == nullptr) return fail(ErrorKind::unavailable, "there is no such application");
  return with_revision(to_json(*app), host);
}

std::optional<std::string_view> revision_in(const Json& arguments) {
  const auto at = arguments.find("revision");
  if (at == arguments.end()) return std::nullopt;
  return at->get_ref<const std::string&>();
}

// The one of a file that is meant.
Result<AppConfig> app_in(std::string_view toml, const Json& arguments) {
  PF_TRY(const config::HostConfig config, config::parse_config(toml, "host.toml"));
  for (const AppConfig& app : config.apps)
    if (arguments["application"] == static_cast<std::uint32_t>(apps::id_of(app.name))) return app;
  if (arguments["application"] == static_cast<std::uint32_t>(apps::id_of(config::kDesktopName)))
    return fail(ErrorKind::refused, "{} is always there; what runs in it is desktop.command",
                config::kDesktopName);
  return fail(ErrorKind::unavailable, "there is no such application");
}

Result<Json> applications(Administration& host, const Json&) {
  PF_TRY(const auto catalogue, catalogue_of(host));
  return Json{
      {"applications", list_of(catalogue.apps(), [](const auto& app) { return to_json(app); })}};
}

Result<Json> application(Administration& host, const Json& arguments) {
  PF_TRY(const auto catalogue, catalogue_of(host));
  for (const apps::App& app : catalogue.apps())
    if (arguments["application"] == static_cast<std::uint32_t>(app.id))
      return with_revision(to_json(app), host);
  return fail(ErrorKind::unavailable, "there is no such application");
}

Result<Json> create(Administration& host, const Json& arguments) {
  AppConfig app;
  PF_TRY_VOID(take(app, arguments));
  PF_TRY_VOID(host.settings().edit_text(
      [&](std::string_view toml) { return config::add_app(toml, app); }, revision_in(arguments)));
  return application_called(host, app.name);
}

Result<Json> change(Administration& host, const Json& arguments) {
  std::string name;
  const auto edit = [&](std::string_view toml) -> Result<std::string> {
    PF_TRY(const AppConfig before, app_in(toml, arguments));
    AppConfig next = before;
    PF_TRY_VOID(take(next, arguments));
    name = next.name;
    return config::change_app(toml, before.name, next);
  };
  PF_TRY_VOID(host.settings().edit_text(edit, revision_in(arguments)));
  return application_called(host, name);
}

Result<Json> remove(Administration& host, const Json& arguments) {
  const auto edit = [&](std::string_view toml) -> Result<std::string> {
    PF_TRY(const AppConfig app, app_in(toml, arguments));
    return config::remove_app(toml, app.name);
  };
  PF_TRY_VOID(host.settings().edit_text(edit, revision_in(arguments)));
  return Json::object();
}

}  // namespace

std::span<const Request> application_requests() {
  static const std::array rows{
      Request{
          "applications",
          "The desktop and the applications of the configuration; the library lists what else may "
          "be started.",
          {},
          applications},
      Request{"application", "One of them, and the revision of the configuration file.",
              kOneArguments, application},
      Request{"create-application", "Adds an application to the configuration file.",
              kMakeArguments, create},
      Request{"change-application",
              "Changes an application in the configuration file; what is not given stays as it is.",
              kEditArguments, change},
      Request{"remove-application", "Takes an application out of the configuration file.",
              kRemoveArguments, remove},
  };
  return rows;
}

}  // namespace pf::admin
