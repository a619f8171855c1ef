// From TOML and command line to one checked HostConfig. Strict: what is not understood is an error
// with its line and a suggestion, because a setting that is silently ignored is worse than a host
// that does not start.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "host/config/host_config.h"

namespace pf::config {

// Larger than any file with every setting and a long comment on each; the parser sees nothing
// bigger.
inline constexpr std::size_t kMaxConfigBytes = 64 * 1024;

// The defaults with what `toml` says on top. `name` is how errors call the text. Errors are
// `malformed`; all problems of the file are in it, one a line, in the order of the file
// ("host.toml:3: unknown setting …"); the list ends after a few. Nothing is read from the machine.
Result<HostConfig> parse_config(std::string_view toml, std::string_view name);

// "network.port=9778", as given after --set. Lists are written as in TOML: desktop.command=["foot",
// "-e", "top"]; texts stand without quotation marks.
Result<void> apply_override(HostConfig& config, std::string_view assignment);

// The texts as a TOML list, whatever bytes they hold: what apply_override() reads after
// "desktop.command=".
std::string toml_list(std::span<const std::string> texts);

// The file at `path`, then the overrides in their order. A file that does not exist means the
// defaults; `refused`: it exists, but cannot be read.
Result<HostConfig> load_config(const std::string& path, std::span<const std::string> overrides);

}  // namespace pf::config
