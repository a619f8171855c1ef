// Adds, changes and removes [[app]] tables of a configuration file, and leaves every other byte as
// it is (toml_edit.h has the same for settings).
//
// Whatever was written is read again and must say what was wanted, for the applications and for
// every setting; else the edit is refused. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "host/config/host_config.h"

namespace pf::config {

// All three: `malformed`: the text cannot be read as it is, or the application is none (its name is
// taken, say); `refused`: it stands there in a way that cannot be edited, such as app = [ … ].

// At the end of the text.
Result<std::string> add_app(std::string_view toml, const AppConfig& app);

// Of the application that is called `name`; `unavailable`: there is none. Only the keys that differ
// are touched.
Result<std::string> change_app(std::string_view toml, std::string_view name, const AppConfig& next);

// From its header to its last value; comments around it stay.
Result<std::string> remove_app(std::string_view toml, std::string_view name);

}  // namespace pf::config
