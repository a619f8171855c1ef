// A picture of the library over HTTP: whatever its source does, nobody here waits for it.
#pragma once

#include <string>

#include "host/admin/library_control.h"
#include "host/management/api.h"

namespace pf::management {

struct ArtRequest {
  std::string entry, kind;
  std::string known_tags;  // If-None-Match
};

// At once: 304 when nothing has changed, 404. Else the picture, or 503 when its source does not
// answer.
Answer art_answer(const admin::LibraryControl& library, const ArtRequest& request);

}  // namespace pf::management
