// The rows of requests(), a table for each subject: one more subject is a file
// requests_SUBJECT.cpp, its function here, and a line in requests.cpp. Private to the room.
#pragma once

#include <span>

#include "host/admin/requests.h"

namespace pf::admin {

// What several requests take.
inline constexpr Argument kSession{"session", ArgumentType::whole_number, true, "its number"};
inline constexpr Argument kOnlySession{"session", ArgumentType::whole_number, false,
                                       "its number; not given: the only one that runs"};
inline constexpr Argument kRevision{"revision", ArgumentType::text, false,
                                    "of the file that the change is meant for; refused when it is "
                                    "another by now"};

std::span<const Request> access_requests();
std::span<const Request> application_requests();
std::span<const Request> blackbox_requests();
std::span<const Request> device_requests();
std::span<const Request> doctor_requests();
std::span<const Request> equipment_requests();
std::span<const Request> host_requests();
std::span<const Request> library_requests();
std::span<const Request> log_requests();
std::span<const Request> pairing_requests();
std::span<const Request> recording_requests();
std::span<const Request> session_requests();
std::span<const Request> setting_requests();

}  // namespace pf::admin
