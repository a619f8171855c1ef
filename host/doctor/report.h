// The ladder for programs and for people.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "host/doctor/ladder.h"

namespace pf::doctor {

// {"name", "checks", "state", "took_ms", "what", "fix"}; the last two are null where there is
// nothing to say.
nlohmann::ordered_json to_json(const Step& step);

// {"version", "verdict", "took_ms", "rungs": […]}
nlohmann::ordered_json to_json(const std::vector<Step>& steps);

// A line for a rung that has ended, with its cause and its fix below where it has them.
// `coloured`: for a terminal.
std::string to_text(const Step& step, bool coloured);

// The last lines: what to do first.
std::string summary(const std::vector<Step>& steps);

}  // namespace pf::doctor
