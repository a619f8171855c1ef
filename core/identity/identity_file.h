// Who an end is, on disk: a certificate and its key in one PEM file, made once and then never
// again, since the other end knows us by it. A host has one, and so has a client.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/crypto/identity.h"

namespace pf::identity {

// From the file at `path` (mode 0600), or a new one that `make` makes and that is stored there. A
// file that is there but cannot be used, or that others may read, is an error and is never
// replaced: `loss` ends the sentence that says what removing it costs ("pair all clients anew").
// Two programs that start at the same time agree on one. Waits for the disk.
using MakeIdentity = std::function<Result<crypto::Identity>()>;
Result<crypto::Identity> load_or_make(const std::string& path, const MakeIdentity& make,
                                      std::string_view loss);

// The native protocol's, with these names.
Result<crypto::Identity> load_or_make(const std::string& path, const crypto::IdentityNames& names,
                                      std::string_view loss);

}  // namespace pf::identity
