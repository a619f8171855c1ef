// The library as JSON, as every answer has it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "host/config/host_config.h"
#include "host/library/library.h"

namespace pf::admin {

nlohmann::ordered_json library_list(const library::Shelf& shelf, const config::HostConfig& config);
// Without the entries: how the sources are.
nlohmann::ordered_json library_sources(const library::Shelf& shelf);

}  // namespace pf::admin
