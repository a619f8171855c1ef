#include "host/app/management.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "core/runtime/log.h"
#include "core/runtime/unique_fd.h"
#include "host/app/host_id.h"
#include "host/app/terminal_qr.h"
#include "host/management/openapi.h"

namespace pf::app {
namespace {

// The address of this machine that others see: the one packets to the rest of the world leave with.
// Nothing is sent. Empty: there is no way out.
std::optional<Endpoint> outward_address() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const Endpoint elsewhere = Endpoint::ipv4({192, 0, 2, 1}, 9);  // of nobody: RFC 5737
  if (!socket || connect(socket.get(), elsewhere.data(), elsewhere.size_bytes()) != 0)
    return std::nullopt;
  sockaddr_storage own{};
  socklen_t own_bytes = sizeof own;
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&own), &own_bytes) != 0)
    return std::nullopt;
  return Endpoint::from_sockaddr(reinterpret_cast<sockaddr*>(&own), own_bytes);
}

// Where another device on the network finds the console.
std::string console_url(const Endpoint& listen, std::uint16_t port) {
  const bool listens_everywhere =
      listen.same_address(Endpoint::any(0)) || listen.same_address(Endpoint::ipv6({}, 0));
  const auto seen = listens_everywhere ? outward_address() : std::optional(listen);
  if (!seen) return fmt::format("https://localhost:{}/", port);
  return fmt::format("https://{}/", seen->with_port(port).to_string());
}

// A secret belongs before the eyes of whoever started the host, not into a log that a service
// keeps.
void offer_password(access::AccessStore& access, const config::HostConfig& config,
                    const Endpoint& native_address) {
  if (access.has_password()) return;
  if (isatty(STDERR_FILENO) == 0)
    return log::info("management",
                     "nobody can log in yet: punktfunk-host password shows a password");
  const auto password = access.make_password();
  if (!password) return log::warning("management", "{}", password.error().what);
  std::fprintf(stderr, "\n  The password for the management API, shown this once:  %s\n\n",
               password->c_str());
  if (config.management.port == 0) return;  // the system will choose one
  // Of the address only: a code is read from across the room, and a photo of it is kept.
  const std::string url = console_url(native_address, config.management.port);
  std::fprintf(stderr, "%s\n  %s\n\n", terminal_qr(url).c_str(), url.c_str());
}

}  // namespace

std::unique_ptr<management::ManagementDoor> open_management(
    const config::HostConfig& config, const Options& options, const Endpoint& native_address,
    const crypto::Identity& identity, admin::Administration& administration,
    access::AccessStore& access, Rng& rng, HealthBoard& board, const Clock& clock) {
  if (!config.management.enabled || options.verb != Verb::serve) return nullptr;
  offer_password(access, config, native_address);
  return std::make_unique<management::ManagementDoor>(
      management::ManagementDoor::Params{.listen = native_address.with_port(config.management.port),
                                         .identity = identity,
                                         .host_names = {machine_name()}},
      administration, rng, board, clock);
}

int print_openapi() {
  const std::string& text = management::openapi_text();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? kExitDone : kExitFailed;
}

}  // namespace pf::app
