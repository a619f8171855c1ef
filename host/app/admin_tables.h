// The host's answers as text for a person.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace pf::app {

// `request` is what was asked (host/admin/requests.h), `answer` what the host said to it. Ends with
// a line feed.
std::string answer_text(const std::string& request, const nlohmann::ordered_json& answer);

// Moonlight clients that wait for their PINs, a line for each.
std::string pins_text(const nlohmann::ordered_json& pins);

// "4:59", "2 h 5 min", "3 d 4 h".
std::string span_text(std::int64_t span_s);

}  // namespace pf::app
