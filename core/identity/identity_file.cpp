#include "core/identity/identity_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/runtime/files.h"
#include "core/runtime/log.h"

namespace pf::identity {
namespace {

Result<crypto::Identity> load(const std::string& path, std::string_view loss) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) == 0 && (facts.st_mode & 077) != 0) {
    return fail(ErrorKind::refused,
                "{} holds our private key, but others may read it: chmod 600 it", path);
  }
  PF_TRY(std::string pem, read_small_file(path));
  const crypto::SecretText text(std::move(pem));
  auto identity = crypto::parse_identity(text.reveal(), text.reveal());
  if (!identity) {
    return fail(ErrorKind::refused, "{}: {}; restore it from a backup, or remove it and {}", path,
                identity.error().what, loss);
  }
  return identity;
}

}  // namespace

Result<crypto::Identity> load_or_make(const std::string& path, const MakeIdentity& make,
                                      std::string_view loss) {
  if (access(path.c_str(), F_OK) == 0) return load(path, loss);
  PF_TRY(auto identity, make());
  const crypto::SecretText both(identity.certificate_pem + std::string(identity.key_pem.reveal()));
  // Whole, beside its place, and then linked there: of two programs only one succeeds.
  const std::string mine = path + "." + std::to_string(getpid());
  PF_TRY_VOID(replace_file(mine, both.reveal(), FileMode::secret));
  const bool linked = link(mine.c_str(), path.c_str()) == 0;
  const int os_code = errno;
  unlink(mine.c_str());
  if (!linked && os_code == EEXIST) return load(path, loss);
  if (!linked) return fail_os(ErrorKind::refused, os_code, fmt::format("cannot write {}", path));
  log::info("identity", "made a new identity, kept in {}", path);
  return identity;
}

Result<crypto::Identity> load_or_make(const std::string& path, const crypto::IdentityNames& names,
                                      std::string_view loss) {
  return load_or_make(
      path, [&names] { return crypto::make_identity(names); }, loss);
}

}  // namespace pf::identity
