#include "client/app/home.h"

#include <cstdlib>

#include "client/trust/client_identity.h"
#include "core/runtime/files.h"

namespace pf::client_app {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Result<Home> find_home() {
  PF_TRY(const std::string folder,
         trust::client_folder(environment("XDG_STATE_HOME"), environment("HOME")));
  PF_TRY_VOID(make_private_folder(folder));
  return Home{.identity_file = folder + "/identity.pem",
              .known_hosts_file = folder + "/hosts.json"};
}

}  // namespace pf::client_app
