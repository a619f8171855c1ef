// What may stand in an [[app]] of the configuration: one row for each key, as settings.h has them
// for everything that is there once. Immutable; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "host/config/host_config.h"
#include "host/config/settings.h"

namespace pf::config {

struct AppSetting {
  std::string_view key;
  std::string_view default_text;  // as in TOML; empty: it must be given
  std::string_view must_be;       // to follow "must be "
  std::string_view sentence;
  bool (*assign)(AppConfig& app, const Value& value);  // false: it is not what it must be
};

// More than a person scrolls through on a television.
inline constexpr std::size_t kMaxApps = 256;
inline constexpr std::size_t kMaxAppNameBytes = 64;
inline constexpr std::size_t kMaxPrepSteps = 16;

std::span<const AppSetting> app_settings();  // in the order of the reference page; prep is none
const AppSetting* find_app_setting(std::string_view key);  // nullptr: there is none

// A program and its arguments, from a list of texts; empty when the value is none.
std::vector<std::string> command_of(const Value& value);

}  // namespace pf::config
