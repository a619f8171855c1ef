// What went wrong, as RFC 9457 wants it told.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "host/http/message.h"

namespace pf::management {

// `code` is for programs and does not change; `detail` is one sentence for people.
http::Response problem(int status, std::string_view code, std::string_view detail);

// An error of host/admin.
http::Response problem(const Error& error);

}  // namespace pf::management
