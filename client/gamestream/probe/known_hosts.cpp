#include "client/gamestream/probe/known_hosts.h"

#include <nlohmann/json.hpp>

#include "core/crypto/rsa.h"
#include "core/runtime/files.h"

namespace pf::gamestream_probe {
namespace {

// What stock clients call themselves in their certificates.
constexpr const char* kCommonName = "NVIDIA GameStream Client";

Result<nlohmann::json> load(const std::string& path) {
  const auto text = read_small_file(path);
  if (!text) {
    if (text.error().kind == ErrorKind::unavailable) return nlohmann::json::object();
    return tl::unexpected(text.error());
  }
  auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return fail(ErrorKind::malformed, "{} is damaged: remove it", path);
  return json;
}

Result<crypto::Identity> make(const std::string& certificate, const std::string& key) {
  PF_TRY(crypto::Identity identity, crypto::make_rsa_identity(kCommonName));
  PF_TRY_VOID(replace_file(key, std::string(identity.key_pem.reveal()), FileMode::secret));
  PF_TRY_VOID(replace_file(certificate, identity.certificate_pem, FileMode::shared));
  return identity;
}

}  // namespace

Result<KnownHosts> KnownHosts::open(const std::string& folder) {
  PF_TRY_VOID(make_private_folder(folder));
  const std::string certificate_file = folder + "/certificate.pem", key_file = folder + "/key.pem";
  const auto certificate = read_small_file(certificate_file);
  if (!certificate && certificate.error().kind == ErrorKind::unavailable) {
    PF_TRY(crypto::Identity made, make(certificate_file, key_file));
    return KnownHosts(folder, std::move(made));
  }
  if (!certificate) return tl::unexpected(certificate.error());
  PF_TRY(const std::string key, read_small_file(key_file));
  PF_TRY(crypto::Identity identity, crypto::parse_identity(*certificate, key));
  return KnownHosts(folder, std::move(identity));
}

Result<std::string> KnownHosts::certificate_of(const std::string& address) const {
  PF_TRY(const nlohmann::json hosts, load(folder_ + "/hosts.json"));
  const auto found = hosts.find(address);
  return found != hosts.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<void> KnownHosts::remember(const std::string& address,
                                  const std::string& certificate_pem) const {
  const std::string path = folder_ + "/hosts.json";
  PF_TRY(nlohmann::json hosts, load(path));
  hosts[address] = certificate_pem;
  return replace_file(path, hosts.dump(1) + "\n", FileMode::secret);
}

}  // namespace pf::gamestream_probe
