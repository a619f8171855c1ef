// Who this host is to GameStream clients: an RSA-2048 identity beside the native one, made once.
// Clients pin its certificate byte for byte, so a new one means pairing all of them anew.
// Source: docs/protocol/gamestream.md section 2.1.
#pragma once

#include <string>

#include "core/base/result.h"
#include "host/gamestream/protocol/pairing_ceremony.h"

namespace pf::gamestream {

// From `folder`/gamestream-identity.pem (mode 0600), or a new one that is stored there. A file that
// is there but damaged, or that others may read, is an error and stays as it is. Making one takes a
// second at worst. Waits for the disk.
Result<HostCertificate> load_or_make_certificate(const std::string& folder);

}  // namespace pf::gamestream
