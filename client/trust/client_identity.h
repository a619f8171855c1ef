// Who this client is: a certificate and its key, made once. Hosts know a paired device by it, so a
// file that is there but cannot be used is an error and is never replaced.
#pragma once

#include <string>

#include "core/crypto/identity.h"

namespace pf::trust {

// Where a client keeps its identity and the hosts it knows: $XDG_STATE_HOME/punktfunk/client, or
// the same below $HOME/.local/state. `refused` when neither variable says where.
Result<std::string> client_folder(const std::string& state_home, const std::string& home);

// From the PEM file at `path` (certificate and key, mode 0600), or a new one that is stored there.
// Two programs that start at the same time agree on one.
Result<crypto::Identity> load_or_make_client_identity(const std::string& path);

}  // namespace pf::trust
