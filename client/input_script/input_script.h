// What a person's hands shall do and when, as a file says it: docs/input-scripts.md. Pure.
//
//   # the title screen, then a jump
//   wait 0.5
//   key enter
//   @2 moveto 640 360
//   button left
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/display_mode.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/message/input_event.h"

namespace pf::input_script {

// A file is held in memory, and each step costs some 40 bytes: hours of a busy mouse.
inline constexpr std::size_t kMaxFileBytes = 16u << 20;
inline constexpr std::size_t kMaxSteps = 1'000'000;
inline constexpr Nanos kMaxLength = std::chrono::hours(24);

struct Step {
  Nanos at{0};  // since the script began
  std::uint32_t line = 0;
  std::optional<message::InputEvent> event;  // none: let go of everything that is held
};

struct InputScript {
  std::vector<Step> steps;  // in the order of their times
  Nanos length{0};          // a `wait` at the end counts
  bool types_text = false;  // not every host takes that
};

// `screen`: what positions refer to where a line does not say so. `malformed` with the number of
// the line and what is wrong with it; `exhausted` beyond the bounds above.
Result<InputScript> parse_input_script(std::string_view text, SizePx screen);

}  // namespace pf::input_script
