// The settings, what each is and may be, from the table in host/config: the same for the
// requests and for `punktfunk-host config` where no host runs.
#pragma once

#include <span>

#include "host/admin/arguments.h"
#include "host/config/live_config.h"

namespace pf::admin {

Json to_json(const config::Value& value);

// {"key", "value", "default", "origin", "takes_effect", "sentence", "type", …}
Json setting_json(const config::Snapshot& snapshot, const config::Setting& setting);

// {"settings": […], "revision", "file", "problem"}: all of them, or of those that are given.
Json setting_list(const config::Snapshot& snapshot);
Json setting_list(const config::Snapshot& snapshot, std::span<const config::SettingChange> changes);

}  // namespace pf::admin
