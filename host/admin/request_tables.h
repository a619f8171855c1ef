// The rows of requests(), a table for each subject: one more subject is a file
// requests_SUBJECT.cpp, its function here, and a line in requests.cpp. Private to the room.
#pragma once

#include <span>

#include "host/admin/requests.h"

namespace pf::admin {

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
