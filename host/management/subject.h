// One subject of the API: its operations, and the schemas of what they answer. A new one is a file
// routes_SUBJECT.cpp, its function here, and a line in subject.cpp. Private to the room.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/management/routes.h"

namespace pf::management {

using Json = nlohmann::ordered_json;
using admin::Administration;

struct Subject {
  std::vector<Route> routes;
  Json schemas;  // {"Device": {…}, …}
};

Subject access_subject();
Subject application_subject();
Subject blackbox_subject();
Subject device_subject();
Subject doctor_subject();
Subject document_subject();
Subject equipment_subject();
Subject host_subject();
Subject library_subject();
Subject log_subject();
Subject pairing_subject();
Subject recording_subject();
Subject session_subject();
Subject setting_subject();
Subject still_subject();

// All, in the document's order. Made once; any thread.
std::span<const Subject> subjects();

// --- What their functions have in common.

// A request of host/admin that needs no arguments.
Result<Json> ask(Administration& host, std::string_view request);
// The one of a list whose `key` is `wanted`; `what` it would be, for the error.
Result<Json> one_of(const Json& list, const char* key, const Json& wanted, const char* what);

}  // namespace pf::management
