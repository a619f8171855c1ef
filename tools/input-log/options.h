// The command line of punktfunk-input-log.
#pragma once

#include <span>
#include <string>

#include "core/base/result.h"

namespace pf::input_log {

// What the program asks of the compositor about its pointer, as games do.
enum class PointerWish : std::uint8_t { free, locked, confined };

struct Options {
  std::string path;  // empty: standard output
  PointerWish pointer = PointerWish::free;
  bool help = false;
};

extern const char* const kHelp;

// `malformed` with a sentence that names the argument.
Result<Options> parse_options(std::span<const char* const> arguments);

}  // namespace pf::input_log
