// Password-authenticated key exchange: two ends that share a short PIN get a strong common key, and
// an impostor in between gets one guess. SPAKE2 as the Rust crate spake2 0.4 and Python's spake2
// define it over Edwards25519 (not RFC 9382): docs/protocol/punktfunk1.md section 8.3. The
// confirmations that bind the key to both ends' certificates are section 8.4.
//
// The point arithmetic is libsodium's: constant time, and it takes only points of the prime-order
// group, so that low-order and undecodable points are refused. Secrets are wiped when they go.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/rng.h"
#include "core/base/secret.h"
#include "core/crypto/identity.h"

namespace pf::crypto {

enum class PairingSide : std::uint8_t { client, host };

class Spake2 {
 public:
  static constexpr std::size_t kMessageBytes = 33;  // a side byte, then a compressed point
  using Message = std::array<std::byte, kMessageBytes>;

  // Draws this end's secret from `rng`, which must be unpredictable outside of tests. The
  // identities are the certificates' fingerprints; any bytes will do.
  Spake2(PairingSide side, std::string_view pin, Bytes client_identity, Bytes host_identity,
         Rng& rng);

  // For the other end.
  const Message& message() const noexcept { return message_; }

  // The key, the same on both ends if and only if PIN and identities are. Empty: `message` is none
  // of the other side, or its point is not one that an honest end could send.
  std::optional<Secret<32>> finish(Bytes message) const noexcept;

 private:
  PairingSide side_;
  Secret<32> scalar_;      // this end's
  Secret<32> pin_scalar_;  // the PIN's
  Secret<96> identities_;  // hashes of PIN, client and host, as the transcript begins
  Message message_;
};

// What `side` sends to prove that it has the key and sees the same two certificates.
using Confirmation = std::array<std::byte, 32>;
Confirmation confirmation(PairingSide side, const Secret<32>& key, const Fingerprint& client,
                          const Fingerprint& host) noexcept;

// In constant time.
bool same(const Confirmation& a, const Confirmation& b) noexcept;

}  // namespace pf::crypto
