// A change that the host made to the machine, as the undo journal keeps it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pf::restore {

struct Change {
  std::string setting;  // what kind: "default-sink". Whoever undoes is found by it
  std::string place;    // of which there are several: the sound server's socket; else empty
  std::optional<std::string> before;  // what was set there; none: nothing
  std::string ours;                   // what we set

  bool same_subject(const Change& other) const {
    return setting == other.setting && place == other.place;
  }
  bool operator==(const Change&) const = default;
};

// As many as a dozen clients whose applications need every step that they may have; the bounds keep
// a damaged file from becoming our memory.
inline constexpr std::size_t kMaxChanges = 256;
// Of each text: a path, a node's name, a command with its arguments.
inline constexpr std::size_t kMaxChangeTextBytes = 16 << 10;

// The journal's file, JSON: {"version": 1, "changes": [{"setting", "place", "before", "ours"}]}.
std::string write_changes(const std::vector<Change>& changes);
// `malformed` when it is not that, whatever is wrong: a journal is believed as a whole or not.
Result<std::vector<Change>> parse_changes(std::string_view text);

}  // namespace pf::restore
