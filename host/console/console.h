// The web console: static files that talk to the management API like any other client of it. From a
// request to an answer, without a disk. Pure; any thread.
//
// Files are stored compressed only: every browser takes gzip, and who refuses it is told so (RFC
// 9110 section 12.5.3). No secrets are here, so nobody is asked who he is, and a foreign page that
// reaches these under a name of its own has gained nothing.
#pragma once

#include <span>

#include "host/console/asset.h"
#include "host/http/message.h"

namespace pf::console {

// Whether the request is the console's to answer: everything but the API.
bool is_ours(const http::Request& request) noexcept;

// The file; 304 for who has it; the first page for a path of the console's own router ("/devices"),
// which has no dot in its last part; 404, 405, 406 with a sentence.
http::Response answer(const http::Request& request, std::span<const Asset> assets);

}  // namespace pf::console
