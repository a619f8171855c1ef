// What the answers of the management API look like: JSON Schema 2020-12, as OpenAPI 3.1 has it. The
// tests hold every answer against them.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace pf::management {

// {"Device": {…}, …}; references are "#/components/schemas/…". Made once.
const nlohmann::ordered_json& schemas();

}  // namespace pf::management
