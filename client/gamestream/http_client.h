// GET over HTTP and HTTPS, as far as a client of GameStream needs it: one request on a connection,
// an answer with a length or up to the end (RFC 9112). Blocking; one thread. The program ignores
// SIGPIPE: OpenSSL writes to its socket in a way that raises it when the host has hung up.
#pragma once

#include <string>
#include <vector>

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/identity.h"

namespace pf::gamestream_client {

// Box art is the largest that is asked for.
inline constexpr std::size_t kMaxHttpBytes = 4 << 20;

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

// Who we are to the host, and whom we expect: its certificate byte for byte.
struct TlsSide {
  crypto::Identity identity;
  std::vector<std::byte> host_certificate_der;
};

// `target`: path and query. Without `tls` in the clear. `refused` with os_code 0: another
// certificate than the pinned one.
Result<HttpAnswer> http_get(const Endpoint& host, const std::string& target, const TlsSide* tls,
                            const Clock& clock, Nanos patience);

}  // namespace pf::gamestream_client
