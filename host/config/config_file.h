// From TOML and command line to one checked HostConfig. Strict: what is not understood is an error
// with its line and a suggestion, because a setting that is silently ignored is worse than a host
// that does not start.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "host/config/host_config.h"
#include "host/config/settings.h"

namespace pf::config {

// Larger than any file with every setting and a long comment on each; the parser sees nothing
// bigger.
inline constexpr std::size_t kMaxConfigBytes = 64 * 1024;

// The defaults with what `toml` says on top. `name` is how errors call the text. Errors are
// `malformed`; all problems of the file are in it, one a line, in the order of the file
// ("host.toml:3: unknown setting …"); the list ends after a few. Nothing is read from the machine.
Result<HostConfig> parse_config(std::string_view toml, std::string_view name);

// By key: in which line of the text each setting stands that it mentions.
using SettingLines = std::map<std::string, std::uint32_t, std::less<>>;

// The same, and where it says so.
struct Reading {
  HostConfig config;
  SettingLines lines;
};
Result<Reading> read_config(std::string_view toml, std::string_view name);

// "network.port=9778", as given after --set. Lists are written as in TOML: desktop.command=["foot",
// "-e", "top"]; texts stand without quotation marks.
Result<void> apply_override(HostConfig& config, std::string_view assignment);

// What somebody means who writes `text` for this setting on a command line, as above. Whether it
// suits is another question: assign().
Value parse_setting_value(const Setting& setting, std::string_view text);

// `malformed`, with the key that was probably meant.
Result<const Setting*> need_setting(std::string_view key);

// The texts as a TOML list, whatever bytes they hold: what apply_override() reads after
// "desktop.command=".
std::string toml_list(std::span<const std::string> texts);

// The file's bytes; empty: there is no such file. `refused`: it exists, but cannot be read.
Result<std::optional<std::string>> read_config_file(const std::string& path);

// The file at `path`, then the overrides in their order. A file that does not exist means the
// defaults; `refused`: it exists, but cannot be read.
Result<HostConfig> load_config(const std::string& path, std::span<const std::string> overrides);

}  // namespace pf::config
