// Where this user's client keeps what it knows.
#pragma once

#include <string>

#include "client/trust/known_hosts.h"
#include "core/base/result.h"
#include "core/crypto/identity.h"

namespace pf::client_app {

struct Home {
  std::string identity_file;
  std::string known_hosts_file;
};

// By the environment; makes the folder.
Result<Home> find_home();

}  // namespace pf::client_app
