// The hosts that a client trusts: each one's certificate, by the host's own id and by the addresses
// it was reached at. $XDG_STATE_HOME/punktfunk/client/hosts.json, mode 0600, replaced as a whole.
//
// The fingerprint is a pin: a host that shows another one is refused, and only the user's forget()
// lifts that. Ids and names come from the network and prove nothing; they only say which pin to
// hold a host to. Source: docs/protocol/punktfunk1.md sections 8.1, 8.5, 17.1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/identity.h"

namespace pf::trust {

struct KnownHost {
  crypto::Fingerprint fingerprint{};
  std::string name;                    // printable; empty: not known
  std::string id;                      // as mDNS tells it; empty: not known
  std::vector<std::string> addresses;  // "host:port" as the user typed or mDNS told; newest first
  bool paired = false;                 // by PIN; else taken on trust at the first use
  WireTime added_at;
  bool operator==(const KnownHost&) const = default;
};

inline constexpr std::size_t kMaxKnownHosts = 256;  // nobody has as many; some 100 kB
inline constexpr std::size_t kMaxHostAddresses = 8;
inline constexpr std::size_t kMaxHostTextBytes = 255;  // of a name, id or address: a DNS name

std::string write_known_hosts(const std::vector<KnownHost>& hosts);
Result<std::vector<KnownHost>> parse_known_hosts(std::string_view text);  // times in seconds

// One program at a time should change the file; the last one wins, and the file is always whole.
class KnownHosts {
 public:
  // A missing file is an empty list; one that is not whole is an error and stays as it is.
  static Result<KnownHosts> load(std::string path);

  const std::vector<KnownHost>& all() const noexcept { return hosts_; }
  // By id where both are known, else by an address. nullptr: not known.
  const KnownHost* find(std::string_view address, std::string_view id = {}) const noexcept;

  // Adds the host or renews what is known of it: the entry with this fingerprint, if there is one.
  // `refused` when an entry with another fingerprint has this id or address: forget it first. But
  // a host that has just been paired with takes its place, since the PIN has proven it.
  // After an error nothing has changed, on disk or here.
  Result<void> remember(const KnownHost& host);
  // By name, id, address or fingerprint. `unavailable`: none is called so.
  Result<void> forget(std::string_view what);

 private:
  KnownHosts(std::string path, std::vector<KnownHost> hosts)
      : path_(std::move(path)), hosts_(std::move(hosts)) {}
  Result<void> save(std::vector<KnownHost> hosts);

  std::string path_;
  std::vector<KnownHost> hosts_;
};

}  // namespace pf::trust
