#include "client/trust/known_hosts.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/base/hex.h"
#include "core/message/text.h"
#include "core/runtime/files.h"

namespace pf::trust {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr std::int64_t kMaxSeconds = INT64_MAX / 1'000'000'000;  // beyond: no 64-bit nanoseconds

std::string shown(std::string_view text) { return message::printable(text, kMaxHostTextBytes); }

Json to_json(const KnownHost& host) {
  return {{"fingerprint", to_hex(host.fingerprint)},
          {"name", host.name},
          {"id", host.id},
          {"addresses", host.addresses},
          {"paired", host.paired},
          {"added_at_s", host.added_at.ns() / 1'000'000'000}};
}

std::string text_or_empty(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? shown(*found->get_ptr<const std::string*>())
                                                     : "";
}

Result<KnownHost> parse_host(const Json& json) {
  if (!json.is_object()) return fail(ErrorKind::malformed, "it is no object");
  KnownHost host;
  const auto fingerprint = crypto::parse_fingerprint(text_or_empty(json, "fingerprint"));
  if (!fingerprint) {
    return fail(ErrorKind::malformed, "\"fingerprint\" is not 64 hexadecimal digits");
  }
  host.fingerprint = *fingerprint;
  host.name = text_or_empty(json, "name");
  host.id = text_or_empty(json, "id");
  const auto addresses = json.find("addresses");
  if (addresses == json.end() || !addresses->is_array() || addresses->size() > kMaxHostAddresses) {
    return fail(ErrorKind::malformed, "\"addresses\" is no list of at most {}", kMaxHostAddresses);
  }
  for (const Json& address : *addresses) {
    if (!address.is_string()) return fail(ErrorKind::malformed, "an address is no text");
    host.addresses.push_back(shown(*address.get_ptr<const std::string*>()));
  }
  const auto paired = json.find("paired");
  host.paired = paired != json.end() && paired->is_boolean() && *paired == true;
  const auto added = json.find("added_at_s");
  const std::int64_t added_s =
      added != json.end() && added->is_number_integer() ? added->get<std::int64_t>() : 0;
  host.added_at = WireTime(seconds(std::clamp<std::int64_t>(added_s, 0, kMaxSeconds)));
  return host;
}

bool has_address(const KnownHost& host, std::string_view address) {
  return std::find(host.addresses.begin(), host.addresses.end(), address) != host.addresses.end();
}

bool is_called(const KnownHost& host, std::string_view what) {
  return !what.empty() && (host.name == what || host.id == what || has_address(host, what) ||
                           crypto::parse_fingerprint(what) == host.fingerprint);
}

void add_address(KnownHost& host, const std::string& address) {
  std::erase(host.addresses, address);
  host.addresses.insert(host.addresses.begin(), shown(address));
  if (host.addresses.size() > kMaxHostAddresses) host.addresses.pop_back();
}

}  // namespace

std::string write_known_hosts(const std::vector<KnownHost>& hosts) {
  Json list = Json::array();
  for (const KnownHost& host : hosts) list.push_back(to_json(host));
  const Json file{{"version", kVersion}, {"hosts", std::move(list)}};
  return file.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<KnownHost>> parse_known_hosts(std::string_view text) {
  const Json file = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!file.is_object()) return fail(ErrorKind::malformed, "it is not whole, or no JSON");
  const auto version = file.find("version");
  if (version == file.end() || *version != kVersion) {
    return fail(ErrorKind::malformed, "its \"version\" is not {}", kVersion);
  }
  const auto list = file.find("hosts");
  if (list == file.end() || !list->is_array() || list->size() > kMaxKnownHosts) {
    return fail(ErrorKind::malformed, "\"hosts\" is no list of at most {}", kMaxKnownHosts);
  }
  std::vector<KnownHost> hosts;
  for (const Json& entry : *list) {
    auto host = parse_host(entry);
    if (!host) {
      return fail(ErrorKind::malformed, "host {}: {}", hosts.size() + 1, host.error().what);
    }
    hosts.push_back(*std::move(host));
  }
  return hosts;
}

Result<KnownHosts> KnownHosts::load(std::string path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0 && errno == ENOENT) return KnownHosts(std::move(path), {});
  if ((facts.st_mode & 022) != 0) {
    return fail(ErrorKind::refused,
                "{} says which hosts to trust, but other users may write it: chmod 600 it", path);
  }
  PF_TRY(const std::string text, read_small_file(path));
  auto hosts = parse_known_hosts(text);
  if (!hosts) {
    return fail(ErrorKind::malformed,
                "{}: {}; restore it from a backup, or remove it and pair with all hosts anew", path,
                hosts.error().what);
  }
  return KnownHosts(std::move(path), *std::move(hosts));
}

const KnownHost* KnownHosts::find(std::string_view address, std::string_view id) const noexcept {
  for (const KnownHost& host : hosts_) {
    if (!id.empty() && host.id == id) return &host;
  }
  for (const KnownHost& host : hosts_) {
    // Another host that took over an address must not be held to the old one's pin.
    const bool other = !id.empty() && !host.id.empty();
    if (!other && has_address(host, address)) return &host;
  }
  return nullptr;
}

Result<void> KnownHosts::remember(const KnownHost& host) {
  std::vector<KnownHost> hosts = hosts_;
  for (const std::string& address : host.addresses) {
    const KnownHost* known = find(address, host.id);
    if (known == nullptr || known->fingerprint == host.fingerprint) continue;
    if (!host.paired) {
      return fail(
          ErrorKind::refused,
          "{} is known with another certificate: forget it first if you know why it changed",
          address);
    }
    std::erase_if(hosts,
                  [&](const KnownHost& other) { return other.fingerprint == known->fingerprint; });
  }
  auto at = std::find_if(hosts.begin(), hosts.end(), [&](const KnownHost& known) {
    return known.fingerprint == host.fingerprint;
  });
  if (at == hosts.end()) {
    if (hosts.size() == kMaxKnownHosts) {
      return fail(ErrorKind::exhausted, "{} hosts are known already: forget one first",
                  kMaxKnownHosts);
    }
    at = hosts.insert(hosts.end(), {.fingerprint = host.fingerprint, .added_at = host.added_at});
  }
  if (!host.name.empty()) at->name = shown(host.name);
  if (!host.id.empty()) at->id = shown(host.id);
  for (auto address = host.addresses.rbegin(); address != host.addresses.rend(); ++address) {
    add_address(*at, *address);
  }
  at->paired = at->paired || host.paired;
  return save(std::move(hosts));
}

Result<void> KnownHosts::forget(std::string_view what) {
  std::vector<KnownHost> hosts = hosts_;
  const auto gone =
      std::erase_if(hosts, [&](const KnownHost& host) { return is_called(host, what); });
  if (gone == 0) return fail(ErrorKind::unavailable, "no known host is called \"{}\"", what);
  return save(std::move(hosts));
}

Result<void> KnownHosts::save(std::vector<KnownHost> hosts) {
  auto saved = replace_file(path_, write_known_hosts(hosts), FileMode::secret);
  if (!saved) {
    saved.error().what += "; the list of known hosts stays as it was";
    return saved;
  }
  hosts_ = std::move(hosts);
  return {};
}

}  // namespace pf::trust
