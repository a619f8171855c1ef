#include "client/discovery/host_table.h"

#include <algorithm>

#include "core/message/text.h"
#include "core/wire/v1/service_record.h"

namespace pf::discovery {
namespace {

constexpr std::size_t kMaxNameBytes = 63;  // one DNS label

// A host that says nothing about its protocol may still be one of ours; a later version is.
bool is_ours(const message::HostAdvert& advert) {
  constexpr std::string_view kAnyVersion = "punktfunk/";
  return advert.protocol.empty() ||
         advert.protocol.compare(0, kAnyVersion.size(), kAnyVersion) == 0;
}

}  // namespace

void HostTable::found(const mdns::SightingKey& key, const mdns::Sighting& sighting) {
  seen_[key] = {sighting.address, wire::v1::parse_service_txt(sighting.txt)};
}

void HostTable::gone(const mdns::SightingKey& key) { seen_.erase(key); }

void HostTable::clear() { seen_.clear(); }

std::vector<FoundHost> HostTable::hosts() const {
  std::map<std::string, FoundHost> by_identity;
  for (const auto& [key, seen] : seen_) {
    if (!is_ours(seen.advert)) continue;
    // An id and a name never look alike here: one host cannot be taken for another's other half.
    const std::string identity =
        seen.advert.id.empty() ? "name " + key.name : "id " + seen.advert.id;
    FoundHost& host = by_identity[identity];
    if (host.addresses.empty()) {
      host.name = message::printable(key.name, kMaxNameBytes);
      host.advert = seen.advert;
    }
    if (std::find(host.addresses.begin(), host.addresses.end(), seen.address) ==
        host.addresses.end())
      host.addresses.push_back(seen.address);
  }
  std::vector<FoundHost> hosts;
  hosts.reserve(by_identity.size());
  for (auto& [identity, host] : by_identity) hosts.push_back(std::move(host));
  std::stable_sort(hosts.begin(), hosts.end(),
                   [](const FoundHost& a, const FoundHost& b) { return a.name < b.name; });
  return hosts;
}

}  // namespace pf::discovery
