#include "client/trust/client_identity.h"

#include "core/identity/identity_file.h"

namespace pf::trust {

Result<std::string> client_folder(const std::string& state_home, const std::string& home) {
  if (!state_home.empty() && state_home[0] == '/') return state_home + "/punktfunk/client";
  if (!home.empty() && home[0] == '/') return home + "/.local/state/punktfunk/client";
  return fail(ErrorKind::refused,
              "neither XDG_STATE_HOME nor HOME says where to keep this client's identity");
}

Result<crypto::Identity> load_or_make_client_identity(const std::string& path) {
  return identity::load_or_make(path, crypto::client_names(), "pair with all hosts anew");
}

}  // namespace pf::trust
