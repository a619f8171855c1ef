#include "host/app/management.h"

#include <unistd.h>

#include <cstdio>

#include "core/runtime/log.h"
#include "host/app/host_id.h"
#include "host/management/openapi.h"

namespace pf::app {
namespace {

// A secret belongs before the eyes of whoever started the host, not into a log that a service
// keeps.
void offer_password(access::AccessStore& access) {
  if (access.has_password()) return;
  if (isatty(STDERR_FILENO) == 0)
    return log::info("management",
                     "nobody can log in yet: punktfunk-host password shows a password");
  const auto password = access.make_password();
  if (!password) return log::warning("management", "{}", password.error().what);
  std::fprintf(stderr, "\n  The password for the management API, shown this once:  %s\n\n",
               password->c_str());
}

}  // namespace

std::unique_ptr<management::ManagementDoor> open_management(
    const config::HostConfig& config, const Options& options, const Endpoint& native_address,
    const crypto::Identity& identity, admin::Administration& administration,
    access::AccessStore& access, Rng& rng, HealthBoard& board, const Clock& clock) {
  if (!config.management.enabled || options.verb != Verb::serve) return nullptr;
  offer_password(access);
  return std::make_unique<management::ManagementDoor>(
      management::ManagementDoor::Params{.listen = native_address.with_port(config.management.port),
                                         .identity = identity,
                                         .host_names = {machine_name(), config.network.name}},
      administration, rng, board, clock);
}

int print_openapi() {
  const std::string& text = management::openapi_text();
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? kExitDone : kExitFailed;
}

}  // namespace pf::app
