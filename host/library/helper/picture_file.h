// A picture as it goes to who asked for it.
#pragma once

#include <string>

#include "core/base/result.h"
#include "host/library/helper_words.h"

namespace pf::library {

// The file's bytes; with `as_png` a JPEG becomes a PNG, no larger than a client shows. Errors as
// look_at_art() has them; `malformed`: a JPEG that cannot be decoded; `refused`: a WebP, which
// nothing here decodes.
Result<Picture> load_picture(const std::string& path, bool as_png);

}  // namespace pf::library
