// Which of the two ways of README.md this machine has for mDNS, without going it.
#pragma once

#include <string>

#include "core/base/result.h"

namespace pf::mdns {

// "the avahi daemon" or "our own responder". `unavailable` says why there is neither.
Result<std::string> find_way();

}  // namespace pf::mdns
