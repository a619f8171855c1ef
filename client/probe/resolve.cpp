#include "client/probe/resolve.h"

#include <netdb.h>

#include <memory>

namespace pf::probe {

Result<Endpoint> resolve_host(const std::string& host) {
  if (const auto numeric = Endpoint::parse(host)) return *numeric;
  const auto colon = host.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return fail(ErrorKind::malformed, "\"{}\" names no port: write HOST:PORT, such as {}:9777",
                host, host);
  }
  const std::string name = host.substr(0, colon), port = host.substr(colon + 1);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(name.c_str(), port.c_str(), &hints, &found); code != 0) {
    return fail(ErrorKind::unavailable, "cannot find {}: {}", host, gai_strerror(code));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> keep(found, freeaddrinfo);
  // Existing hosts listen on IPv4.
  const addrinfo* best = found;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    if (at->ai_family == AF_INET) {
      best = at;
      break;
    }
  }
  const auto endpoint =
      best == nullptr ? std::nullopt : Endpoint::from_sockaddr(best->ai_addr, best->ai_addrlen);
  if (!endpoint) return fail(ErrorKind::unavailable, "{} has no IP address", host);
  return *endpoint;
}

}  // namespace pf::probe
