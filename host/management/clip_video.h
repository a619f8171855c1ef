// The video of a clip as an answer: the file itself, or a range of it. Private to the room.
#pragma once

#include <string_view>

#include "host/admin/administration.h"
#include "host/http/message.h"

namespace pf::management {

http::Response clip_video(admin::Administration& host, const http::Request& request,
                          std::string_view clip);

}  // namespace pf::management
