// A path as the address of a Unix socket.
#pragma once

#include <sys/un.h>

#include <string>

#include "core/base/result.h"

namespace pf::admin {

// `refused` when the path is longer than the system takes (107 bytes, unix(7)).
Result<sockaddr_un> unix_address(const std::string& path);

}  // namespace pf::admin
