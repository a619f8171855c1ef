#include "client/trust/client_identity.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/runtime/files.h"

namespace pf::trust {
namespace {

Result<crypto::Identity> load(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) == 0 && (facts.st_mode & 077) != 0) {
    return fail(ErrorKind::refused,
                "{} holds this client's private key, but others may read it: chmod 600 it", path);
  }
  PF_TRY(std::string pem, read_small_file(path));
  const crypto::SecretText text(std::move(pem));
  auto identity = crypto::parse_identity(text.reveal(), text.reveal());
  if (!identity) {
    return fail(ErrorKind::refused,
                "{}: {}; restore it from a backup, or remove it and pair with all hosts anew", path,
                identity.error().what);
  }
  return identity;
}

}  // namespace

Result<std::string> client_folder(const std::string& state_home, const std::string& home) {
  if (!state_home.empty() && state_home[0] == '/') return state_home + "/punktfunk/client";
  if (!home.empty() && home[0] == '/') return home + "/.local/state/punktfunk/client";
  return fail(ErrorKind::refused,
              "neither XDG_STATE_HOME nor HOME says where to keep this client's identity");
}

Result<crypto::Identity> load_or_make_client_identity(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0) return load(path);
  PF_TRY(auto identity, crypto::make_identity(crypto::client_names()));
  const crypto::SecretText both(identity.certificate_pem + std::string(identity.key_pem.reveal()));
  // Whole, beside its place, and then linked there: of two programs only one succeeds.
  const std::string mine = path + "." + std::to_string(getpid());
  PF_TRY_VOID(replace_file(mine, both.reveal(), FileMode::secret));
  const bool linked = link(mine.c_str(), path.c_str()) == 0;
  const int os_code = errno;
  unlink(mine.c_str());
  if (linked) return identity;
  if (os_code == EEXIST) return load(path);
  return fail_os(ErrorKind::refused, os_code, fmt::format("cannot write {}", path));
}

}  // namespace pf::trust
