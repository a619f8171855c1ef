// The host's identity on disk: made once, then never again, since paired clients know the host by
// it.
#pragma once

#include <string>

#include "core/base/rng.h"
#include "core/crypto/identity.h"

namespace pf::app {

// From `folder`/identity.pem (certificate and key, mode 0600), or a new one that is stored there. A
// file that is there but cannot be read or parsed is an error, never overwritten.
Result<crypto::Identity> load_or_make_identity(const std::string& folder);

// Tells this host apart from others of the same name, also after a new identity: 32 hexadecimal
// digits in `folder`/host-id, made once. No secret.
Result<std::string> load_or_make_host_id(const std::string& folder, Rng& rng);

// What the machine calls itself; may be empty.
std::string machine_name();

}  // namespace pf::app
