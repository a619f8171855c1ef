#include "host/app/config_command.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "host/admin/setting_list.h"
#include "host/app/admin_tables.h"
#include "host/app/admin_talk.h"
#include "host/app/environment.h"
#include "host/app/options.h"
#include "host/config/config_file.h"
#include "host/config/live_config.h"

namespace pf::app {
namespace {

using Json = nlohmann::ordered_json;
using config::Setting;
using config::SettingChange;

// What was answered, or the exit code of a complaint that was made.
using Answer = tl::expected<Json, int>;

// The settings of a host, or of a file.
class Place {
 public:
  virtual ~Place() = default;
  virtual bool runs() const = 0;  // it is a host
  virtual Answer list() = 0;
  // Gives what the changed setting is now, as a list of one.
  virtual Answer change(const SettingChange& change) = 0;
};

class RunningHost final : public Place {
 public:
  explicit RunningHost(admin::AdminLink link) : link_(std::move(link)) {}

  bool runs() const override { return true; }
  Answer list() override { return ask("settings", Json::object()); }
  Answer change(const SettingChange& change) override {
    const std::string key(change.setting->key);
    if (!change.value) return ask("reset-setting", {{"key", key}});
    return ask("set-settings", {{"values", {{key, admin::to_json(*change.value)}}}});
  }

 private:
  Answer ask(const char* request, const Json& arguments) {
    auto answer = link_.ask(request, arguments);
    if (!answer) return tl::unexpected(complain(answer.error()));
    if (!*answer) return tl::unexpected(complain(answer->error()));
    return std::move(**answer);
  }
  admin::AdminLink link_;
};

class ConfigFile final : public Place {
 public:
  explicit ConfigFile(std::string path) : path_(std::move(path)) {}

  bool runs() const override { return false; }
  Answer list() override {
    const auto snapshot = config::read_snapshot(path_, {});
    if (!snapshot) return wrong(snapshot.error());
    return admin::setting_list(*snapshot);
  }
  Answer change(const SettingChange& change) override {
    const std::span<const SettingChange> changes(&change, 1);
    if (auto done = config::edit_file(path_, changes, std::nullopt); !done)
      return wrong(done.error());
    const auto snapshot = config::read_snapshot(path_, {});
    if (!snapshot) return wrong(snapshot.error());
    return admin::setting_list(*snapshot, changes);
  }

 private:
  static Answer wrong(const Error& error) {
    const bool theirs = error.kind == ErrorKind::malformed;
    return tl::unexpected(complain(theirs ? kExitUsage : kExitFailed, error.what));
  }
  const std::string path_;
};

tl::expected<std::unique_ptr<Place>, int> open_place(const ConfigCommand& command) {
  const auto file = [](std::string path) -> std::unique_ptr<Place> {
    return std::make_unique<ConfigFile>(std::move(path));
  };
  if (!command.config_file.empty()) return file(command.config_file);
  auto link = open_link({.request = {}, .socket = command.socket});
  if (link) return std::unique_ptr<Place>(std::make_unique<RunningHost>(*std::move(link)));
  if (!command.socket.empty() || link.error().kind != ErrorKind::unavailable)
    return tl::unexpected(complain(link.error()));
  const auto paths = find_paths();
  if (!paths) return tl::unexpected(complain(kExitFailed, paths.error().what));
  return file(paths->config_file);
}

// As a person reads it: texts stand without quotation marks.
std::string shown(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string with_unit(const Json& setting, const char* name) {
  const std::string unit = setting.value("unit", "");
  return shown(setting[name]) + (unit.empty() ? "" : " " + unit);
}

std::string when(const Json& setting) {
  const std::string takes_effect = setting.value("takes_effect", "");
  if (takes_effect == "live") return "at once";
  return takes_effect == "restart" ? "when the host is started again"
                                   : "for sessions that begin from then on";
}

std::string place_in_file(const Json& setting, const Json& list) {
  return fmt::format("{}, line {}", list.value("file", ""), setting["line"].dump());
}

std::string origin(const Json& setting, const Json& list) {
  const std::string origin = setting.value("origin", "");
  if (origin == "file") return place_in_file(setting, list);
  if (origin == "default") return "the default: nothing else is said";
  std::string text = "the command line that the host was started with";
  if (!setting["saved"].is_null())
    text += fmt::format("; {} says {}", place_in_file(setting, list), shown(setting["saved"]));
  return text;
}

std::string explanation(const Json& setting, const Json& list) {
  std::string text = fmt::format("{} = {}\n\n  {}\n\n", shown(setting["key"]),
                                 with_unit(setting, "value"), shown(setting["sentence"]));
  text += fmt::format("comes from  {}\ndefault     {}\nmust be     {}\na change    counts {}\n",
                      origin(setting, list), with_unit(setting, "default"),
                      shown(setting["requirement"]), when(setting));
  if (setting.value("waits_for_restart", false))
    text += "waits       another value counts when the host is started again\n";
  if (list["problem"].is_string()) text += fmt::format("not read    {}\n", shown(list["problem"]));
  return text;
}

std::string change_text(const Json& setting, const Json& list, bool runs) {
  const std::string key = shown(setting["key"]);
  if (!runs)
    return fmt::format("{} is {} in {}\n", key, shown(setting["value"]), shown(list["file"]));
  if (setting["origin"] == "command_line") {
    return fmt::format("Saved, but {} stays {}: the host was started with it on the command line\n",
                       key, shown(setting["value"]));
  }
  if (setting.value("waits_for_restart", false))
    return fmt::format("Saved: {} changes when the host is started again\n", key);
  return fmt::format("{} is {}, which counts {}\n", key, shown(setting["value"]), when(setting));
}

// One setting with what its list says besides, as the API gives it.
Json one_json(const Json& setting, const Json& list) {
  Json one = setting;
  for (const char* name : {"revision", "file", "problem"}) one[name] = list[name];
  return one;
}

int say_list(const ConfigCommand& command, const Json& list) {
  say(command.json ? list.dump(2) + "\n" : answer_text("settings", list));
  return kExitDone;
}

int say_one(const ConfigCommand& command, const Setting& setting, const Json& list) {
  for (const Json& one : list["settings"]) {
    if (one["key"] != setting.key) continue;
    if (command.json) {
      say(one_json(one, list).dump(2) + "\n");
    } else {
      say(command.action == "get" ? shown(one["value"]) + "\n" : explanation(one, list));
    }
    return kExitDone;
  }
  return complain(kExitFailed, fmt::format("the host that runs knows no {}", setting.key));
}

// What is wrong with the command itself; empty: nothing.
std::string misuse(const ConfigCommand& command) {
  if (command.action == "list") return command.key.empty() ? "" : "config list takes no key";
  if (command.key.empty()) return fmt::format("config {} needs a key", command.action);
  if (command.action == "set" && !command.value)
    return fmt::format("write punktfunk-host config set {} VALUE", command.key);
  if (command.action != "set" && command.value)
    return fmt::format("config {} takes no value", command.action);
  return {};
}

Result<SettingChange> change_of(const ConfigCommand& command, const Setting& setting) {
  SettingChange change{.setting = &setting};
  if (!command.value) return change;
  change.value = config::parse_setting_value(setting, *command.value);
  config::HostConfig scratch;
  PF_TRY_VOID(assign(scratch, setting, *change.value));
  return change;
}

int run_change(const ConfigCommand& command, const Setting& setting) {
  const auto change = change_of(command, setting);
  if (!change) return complain(kExitUsage, change.error().what);
  const auto place = open_place(command);
  if (!place) return place.error();
  const auto list = (*place)->change(*change);
  if (!list) return list.error();
  const Json& now = (*list)["settings"][0];
  say(command.json ? one_json(now, *list).dump(2) + "\n"
                   : change_text(now, *list, (*place)->runs()));
  return kExitDone;
}

}  // namespace

CLI::App* add_config(CLI::App& app, ConfigCommand& command) {
  CLI::App* verb = app.add_subcommand(
      "config", "show, explain or change settings, of the running host or of its file");
  verb->add_option("action", command.action, "list, get, explain, set or unset (back to default)")
      ->required()
      ->type_name("ACTION")
      ->check(CLI::IsMember({"list", "get", "explain", "set", "unset"}));
  verb->add_option("key", command.key, "such as video.bitrate_kbps")->type_name("KEY");
  verb->add_option("value", command.value, "what it is from now on; lists as in TOML")
      ->type_name("VALUE");
  verb->add_flag("--json", command.json, "for programs");
  verb->add_option("--config", command.config_file,
                   "this file instead of a running host or the user's host.toml")
      ->type_name("FILE");
  verb->add_option("--socket", command.socket,
                   "the running host's socket, when it is not this user's own")
      ->type_name("PATH");
  verb->footer(
      "Examples:\n"
      "  punktfunk-host config explain video.bitrate_kbps\n"
      "  punktfunk-host config set video.bitrate_kbps 40000\n"
      "      changes that value in host.toml and nothing else; sessions to come have it\n"
      "  punktfunk-host config set desktop.command '[\"foot\", \"-e\", \"top\"]'\n"
      "  punktfunk-host config unset session.conflict\n\n"
      "docs/settings.md lists them all.\n\n"
      "Exit codes: 0 done, 1 something broke, 2 the key, the value or the file is wrong, 3 no host "
      "answers\nat --socket, 4 the host said no.");
  return verb;
}

int run_config(const ConfigCommand& command) {
  if (const std::string wrong = misuse(command); !wrong.empty()) return complain(kExitUsage, wrong);
  const Setting* setting = nullptr;
  if (command.action != "list") {
    const auto found = config::need_setting(command.key);
    if (!found) return complain(kExitUsage, found.error().what);
    setting = *found;
    if (command.action == "set" || command.action == "unset") return run_change(command, *setting);
  }
  const auto place = open_place(command);
  if (!place) return place.error();
  const auto list = (*place)->list();
  if (!list) return list.error();
  return setting == nullptr ? say_list(command, *list) : say_one(command, *setting, *list);
}

}  // namespace pf::app
