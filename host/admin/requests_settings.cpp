#include "host/admin/request_tables.h"

#include <array>

#include "host/admin/setting_list.h"
#include "host/config/config_file.h"

namespace pf::admin {
namespace {

using config::SettingChange;

constexpr std::array kSetArguments{
    Argument{"values", ArgumentType::settings, true,
             "the new value of each setting that changes, by its key; null: its default"},
    kRevision};
constexpr std::array kResetArguments{
    Argument{"key", ArgumentType::text, true, "of the setting, such as video.bitrate_kbps"},
    kRevision};

Result<Json> change(Administration& host, const std::vector<SettingChange>& changes,
                    const Json& arguments) {
  const std::string revision = text(arguments, "revision");
  const auto meant_for =
      revision.empty() ? std::nullopt : std::optional<std::string_view>(revision);
  PF_TRY_VOID(host.settings().edit(changes, meant_for));
  return setting_list(*host.settings().now(), changes);
}

Result<Json> settings(Administration& host, const Json&) {
  return setting_list(*host.settings().now());
}

Result<Json> set_settings(Administration& host, const Json& arguments) {
  std::vector<SettingChange> changes;
  for (const auto& [key, json] : arguments["values"].items()) {
    PF_TRY(const config::Setting* setting, config::need_setting(key));
    changes.push_back({.setting = setting, .value = {}});
    if (!json.is_null()) changes.back().value = value_from(json);
  }
  return change(host, changes, arguments);
}

Result<Json> reset_setting(Administration& host, const Json& arguments) {
  PF_TRY(const config::Setting* setting, config::need_setting(text(arguments, "key")));
  return change(host, {{.setting = setting, .value = {}}}, arguments);
}

}  // namespace

std::span<const Request> setting_requests() {
  static const std::array rows{
      Request{"settings",
              "The settings in force, where each comes from, and what it may be.",
              {},
              settings},
      Request{"set-settings",
              "Changes settings, all or none, in the configuration file; what is live is in force "
              "at once.",
              kSetArguments, set_settings},
      Request{"reset-setting",
              "Takes a setting out of the configuration file: back to its default.",
              kResetArguments, reset_setting},
  };
  return rows;
}

}  // namespace pf::admin
