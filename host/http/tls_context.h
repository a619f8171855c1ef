// What OpenSSL is told of a TLS door: its identity, what it offers, and that it refuses no client
// certificate. Private to the room.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <vector>

#include "core/base/result.h"
#include "host/http/server.h"

namespace pf::http {

struct FreeTlsContext {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeTlsContext>;

Result<TlsContext> make_tls_context(const Tls& tls);

// What the peer presented, as DER; empty when it presented nothing.
std::vector<std::byte> peer_certificate(const SSL* tls);

}  // namespace pf::http
