#include "core/net/resolve.h"

#include <netdb.h>

#include <memory>

namespace pf::net {

Result<Endpoint> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  if (const int code = getaddrinfo(host.c_str(), service.c_str(), &hints, &found); code != 0)
    return fail(ErrorKind::unavailable, "cannot find \"{}\": {}", host, gai_strerror(code));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> keep(found, freeaddrinfo);
  std::optional<Endpoint> best;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    const auto endpoint = Endpoint::from_sockaddr(at->ai_addr, at->ai_addrlen);
    if (endpoint && (!best || (endpoint->is_ipv4() && !best->is_ipv4()))) best = endpoint;
  }
  if (!best) return fail(ErrorKind::unavailable, "\"{}\" has no IP address", host);
  return *best;
}

}  // namespace pf::net
