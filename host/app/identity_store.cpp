#include "host/app/identity_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/base/hex.h"
#include "core/runtime/files.h"
#include "core/runtime/log.h"

namespace pf::app {
namespace {

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

  PF_TRY(auto identity, crypto::make_identity(crypto::host_names(machine_name())));
  const crypto::SecretText both(identity.certificate_pem + std::string(identity.key_pem.reveal()));
  PF_TRY_VOID(replace_file(path, both.reveal(), FileMode::secret));
  log::info("host", "made a new identity, kept in {}", path);
  return identity;
}

Result<std::string> load_or_make_host_id(const std::string& folder, Rng& rng) {
  constexpr std::size_t kIdBytes = 16;
  const std::string path = folder + "/host-id";
  if (access(path.c_str(), F_OK) == 0) {
    PF_TRY(std::string text, read_small_file(path));
    const auto id = from_hex(std::string_view(text).substr(0, text.find('\n')));
    if (id && id->size() == kIdBytes) return to_hex(*id);
    return fail(ErrorKind::refused,
                "{} is no host id of {} hexadecimal digits: remove it to get a new one", path,
                2 * kIdBytes);
  }
  std::array<std::byte, kIdBytes> id;
  rng.fill(id);
  PF_TRY_VOID(replace_file(path, to_hex(id) + "\n", FileMode::shared));
  return to_hex(id);
}

std::string machine_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

}  // namespace pf::app
