// The settings in force, and what each may be, from the table in host/config. Private to the room.
#pragma once

#include "host/admin/arguments.h"
#include "host/config/host_config.h"

namespace pf::admin {

// {"settings": [{"key", "value", "default", "unit", "takes_effect", "sentence", "type", …}]}
Json setting_list(const config::HostConfig& config);

}  // namespace pf::admin
