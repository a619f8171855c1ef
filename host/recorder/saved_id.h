// What something that was saved of a session is called: "20261121-123005-s3" is of the third
// session, saved at that second (UTC); "-2" behind it when there is one already.
//
// Names are made here and nowhere else. What does not look like one names nothing, so no text of a
// stranger becomes a path. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace pf::recorder {

struct SavedId {
  std::string id;
  unsigned session = 0;
  std::int64_t saved_at_s = 0;  // since 1970
};

inline constexpr std::size_t kMaxSavedIdBytes = 32;

// Empty: it is none.
std::optional<SavedId> parse_saved_id(std::string_view id);
std::string make_saved_id(unsigned session, WireTime now);

}  // namespace pf::recorder
