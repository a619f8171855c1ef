// Who the probe is: a certificate and its key in one file. A host knows a device that returns by
// it.
#pragma once

#include <string>

#include "core/crypto/identity.h"

namespace pf::probe {

// From the PEM file at `path`, or a new one that is stored there (mode 0600).
Result<crypto::Identity> load_or_make_identity(const std::string& path);

}  // namespace pf::probe
