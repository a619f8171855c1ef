#include "host/app/identity_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/runtime/files.h"
#include "core/runtime/log.h"

namespace pf::app {
namespace {

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

Result<crypto::Identity> load(const std::string& path) {
  struct stat facts;
  if (stat(path.c_str(), &facts) == 0 && (facts.st_mode & 077) != 0) {
    return fail(ErrorKind::refused,
                "{} holds the host's private key, but others may read it: chmod 600 it", path);
  }
  PF_TRY(std::string pem, read_small_file(path));
  const crypto::SecretText text(std::move(pem));
  auto identity = crypto::parse_identity(text.reveal(), text.reveal());
  if (!identity) {
    return fail(ErrorKind::refused,
                "{}: {}; restore it from a backup, or remove it and pair all clients anew", path,
                identity.error().what);
  }
  return identity;
}

}  // namespace

Result<crypto::Identity> load_or_make_identity(const std::string& folder) {
  const std::string path = folder + "/identity.pem";
  if (access(path.c_str(), F_OK) == 0) return load(path);

  PF_TRY(auto identity, crypto::make_identity(crypto::host_names(host_name())));
  const crypto::SecretText both(identity.certificate_pem + std::string(identity.key_pem.reveal()));
  PF_TRY_VOID(replace_file(path, both.reveal(), FileMode::secret));
  log::info("host", "made a new identity, kept in {}", path);
  return identity;
}

}  // namespace pf::app
