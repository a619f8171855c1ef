// What the doctor found at one rung of its ladder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace pf::doctor {

enum class State : std::uint8_t {
  waiting,  // not looked at yet
  running,
  ok,
  warning,  // the host serves, but not everything works
  failed,   // the host does not serve, or not as its settings say
  skipped,  // does not apply here, or cannot be looked at without what failed before
};

// As the JSON has it: stable.
std::string_view to_string(State state) noexcept;

struct Finding {
  State state = State::ok;
  std::string what;  // a sentence; of a warning or failure: the cause, with names and numbers
  std::string fix;   // the command or the step that mends it; empty where nothing is wrong
};

inline Finding ok(std::string what) { return {State::ok, std::move(what), {}}; }
inline Finding skipped(std::string why) { return {State::skipped, std::move(why), {}}; }
inline Finding warning(std::string what, std::string fix) {
  return {State::warning, std::move(what), std::move(fix)};
}
inline Finding failed(std::string what, std::string fix) {
  return {State::failed, std::move(what), std::move(fix)};
}
inline Finding failed(const Error& error, std::string fix) {
  return failed(error.what, std::move(fix));
}

}  // namespace pf::doctor
