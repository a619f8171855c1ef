// What this machine calls itself, and so what hosts call it unless told otherwise.
#pragma once

#include <string>

namespace pf::client_app {

std::string machine_name();  // never empty

}  // namespace pf::client_app
