#include "client/probe/identity_file.h"

#include <unistd.h>

#include "core/runtime/files.h"

namespace pf::probe {

Result<crypto::Identity> load_or_make_identity(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) {
    PF_TRY(auto identity, crypto::make_identity(crypto::client_names()));
    const crypto::SecretText both(identity.certificate_pem +
                                  std::string(identity.key_pem.reveal()));
    PF_TRY_VOID(replace_file(path, both.reveal(), FileMode::secret));
    return identity;
  }
  PF_TRY(std::string pem, read_small_file(path));
  const crypto::SecretText text(std::move(pem));
  auto identity = crypto::parse_identity(text.reveal(), text.reveal());
  if (!identity) return fail(ErrorKind::refused, "{}: {}", path, identity.error().what);
  return identity;
}

}  // namespace pf::probe
