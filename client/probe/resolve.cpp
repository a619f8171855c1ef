#include "client/probe/resolve.h"

#include <charconv>

#include "core/net/resolve.h"

namespace pf::probe {

Result<Endpoint> resolve_host(const std::string& host) {
  if (const auto numeric = Endpoint::parse(host)) return *numeric;
  const auto colon = host.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return fail(ErrorKind::malformed, "\"{}\" names no port: write HOST:PORT, such as {}:9777",
                host, host);
  }
  const std::string digits = host.substr(colon + 1);
  std::uint16_t port = 0;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end)
    return fail(ErrorKind::malformed, "\"{}\" is no port: ports are numbers up to 65535", digits);
  return net::resolve(host.substr(0, colon), port);
}

}  // namespace pf::probe
