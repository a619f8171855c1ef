// Who the probe is to a host, and which certificate it expects there.
#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "client/probe/options.h"
#include "core/base/endpoint.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/crypto/identity.h"
#include "core/endpoint/client_endpoint.h"

namespace pf::probe {

struct Introduction {
  std::optional<crypto::Identity> identity;  // none: a stranger
  std::optional<crypto::Fingerprint> pin;    // the host's; none: whoever answers
};

struct NotIntroduced {
  int exit_code = kExitFailed;
  std::string sentence;
};

// A host that was paired with is known again by the address as it was written: its certificate is
// pinned and our identity is shown. With --pair the pairing comes first, and is remembered.
tl::expected<Introduction, NotIntroduced> introduce(const Options& options, const Endpoint& address,
                                                    const Clock& clock, Rng& rng);

// What it then asks for.
message::Hello hello_for(const Options& options);

int exit_code_of(endpoint::Ending::Cause cause);

}  // namespace pf::probe
