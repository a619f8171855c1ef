// The OpenAPI 3.1 document of the management API, made from its tables. api/openapi.json is this
// text, and a test compares the two: `punktfunk-host openapi > api/openapi.json` after a change.
#pragma once

#include <string>

namespace pf::management {

// Indented, with a line feed at the end. Always the same.
const std::string& openapi_text();

}  // namespace pf::management
