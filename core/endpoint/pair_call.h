// Pairs this client with a host: one short connection of its own, from dialling to the verdict.
#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "core/base/endpoint.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/control/client_pairing.h"
#include "core/crypto/identity.h"

namespace pf::endpoint {

struct PairRequest {
  Endpoint host;
  crypto::Identity identity;  // ours: what the host will know us by
  crypto::SecretText pin;     // as the host shows it
  std::string device_name;    // as the host will call us
  Nanos patience = seconds(30);
};

struct PairFailure {
  control::PairingEnd end =
      control::PairingEnd::failed;         // lost: nobody answered in time, or it fell silent
  std::optional<message::CloseCode> code;  // rejected: why
  std::string sentence;                    // for the user
};

// The host's fingerprint, to be stored and pinned from now on. Blocks, at most for the patience;
// any thread, its own socket. The host is not pinned during the call: the PIN proves it. `rng` must
// be unpredictable outside of tests.
tl::expected<crypto::Fingerprint, PairFailure> pair_with_host(const PairRequest& request,
                                                              const Clock& clock, Rng& rng);

}  // namespace pf::endpoint
