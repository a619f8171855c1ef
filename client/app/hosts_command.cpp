#include "client/app/hosts_command.h"

#include <sys/signalfd.h>
#include <csignal>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "client/app/complain.h"
#include "client/app/exit_code.h"
#include "client/app/home.h"
#include "client/discovery/host_browser.h"
#include "client/trust/known_hosts.h"
#include "core/base/hex.h"
#include "core/runtime/system_clock.h"
#include "core/runtime/unique_fd.h"

namespace pf::client_app {
namespace {

using discovery::FoundHost;
using trust::KnownHost;
using trust::KnownHosts;
using Json = nlohmann::ordered_json;

std::string mac_text(const std::array<std::uint8_t, 6>& mac) {
  return fmt::format("{:02x}", fmt::join(mac, ":"));
}

Json to_json(const FoundHost& host) {
  Json json{{"name", host.name}, {"id", host.advert.id}, {"found", true}};
  Json& addresses = json["addresses"] = Json::array();
  for (const Endpoint& address : host.addresses) addresses.push_back(address.to_string());
  json["pairing"] = host.advert.pairing_required ? "required" : "optional";
  json["os"] = host.advert.os;
  // Anybody can announce anything: the name says so.
  json["claimed_fingerprint"] =
      host.advert.fingerprint ? Json(to_hex(*host.advert.fingerprint)) : Json();
  json["management_port"] =
      host.advert.management_port != 0 ? Json(host.advert.management_port) : Json();
  Json& macs = json["macs"] = Json::array();
  for (const auto& mac : host.advert.macs) macs.push_back(mac_text(mac));
  return json;
}

void print_row(const char* mark, const std::string& name, const std::string& address,
               const char* state, const std::string& os) {
  std::printf("%s%-24s %-21s %-14s %s\n", mark, name.c_str(), address.c_str(), state, os.c_str());
}

const char* state_of(const KnownHost* known, const FoundHost* found) {
  if (known != nullptr) return known->paired ? "paired" : "trusted";
  return found->advert.pairing_required ? "needs pairing" : "open";
}

// By the host's id where both tell it, else by an address.
const KnownHost* find_known(const KnownHosts& known, const FoundHost& found) {
  for (const Endpoint& address : found.addresses) {
    if (const KnownHost* host = known.find(address.to_string(), found.advert.id)) return host;
  }
  return nullptr;
}

Json known_json(const KnownHost* known) {
  if (known == nullptr) return nullptr;
  return {{"name", known->name},
          {"fingerprint", to_hex(known->fingerprint)},
          {"paired", known->paired},
          {"addresses", known->addresses}};
}

// What announces itself, and what is known besides.
void print_list(const std::vector<FoundHost>& found, const KnownHosts& known, bool json) {
  Json list = Json::array();
  std::vector<const KnownHost*> seen;
  if (!json) print_row("", "NAME", "ADDRESS", "STATE", "SYSTEM");
  for (const FoundHost& host : found) {
    const KnownHost* const of_old = find_known(known, host);
    if (of_old != nullptr) seen.push_back(of_old);
    if (json) {
      list.push_back(to_json(host));
      list.back()["known"] = known_json(of_old);
    } else {
      print_row("", host.name, host.addresses.front().to_string(), state_of(of_old, &host),
                host.advert.os);
    }
  }
  for (const KnownHost& host : known.all()) {
    if (std::find(seen.begin(), seen.end(), &host) != seen.end()) continue;
    if (json) {
      list.push_back({{"name", host.name},
                      {"id", host.id},
                      {"found", false},
                      {"addresses", host.addresses},
                      {"known", known_json(&host)}});
    } else {
      print_row("", host.name, host.addresses.empty() ? "" : host.addresses.front(),
                state_of(&host, nullptr), "not announced");
    }
  }
  if (json) std::printf("%s\n", Json{{"hosts", list}}.dump(2).c_str());
  if (!json && found.empty() && known.all().empty()) {
    std::printf(
        "None. A host that does not announce itself can still be reached: punktfunk pair "
        "ADDRESS\n");
  }
}

// What has changed since the last look, a line each.
class Changes {
 public:
  explicit Changes(bool json) : json_(json) {}

  void show(const std::vector<FoundHost>& hosts) {
    for (const FoundHost& old : shown_) {
      if (!find(hosts, old)) say("gone", "- ", old);
    }
    for (const FoundHost& host : hosts) {
      const FoundHost* old = find(shown_, host);
      if (old == nullptr) {
        say("found", "+ ", host);
      } else if (*old != host) {
        say("changed", "~ ", host);
      }
    }
    shown_ = hosts;
    std::fflush(stdout);
  }

 private:
  static const FoundHost* find(const std::vector<FoundHost>& hosts, const FoundHost& wanted) {
    const auto at = std::find_if(hosts.begin(), hosts.end(), [&](const FoundHost& host) {
      return host.name == wanted.name && host.advert.id == wanted.advert.id;
    });
    return at == hosts.end() ? nullptr : &*at;
  }
  void say(const char* event, const char* mark, const FoundHost& host) const {
    if (json_) {
      std::printf("%s\n", Json{{"event", event}, {"host", to_json(host)}}.dump().c_str());
    } else {
      print_row(mark, host.name, host.addresses.front().to_string(), state_of(nullptr, &host),
                host.advert.os);
    }
  }
  const bool json_;
  std::vector<FoundHost> shown_;
};

UniqueFd block_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

}  // namespace

int run_hosts(const HostsOptions& options) {
  const auto home = find_home();
  if (!home) return complain(home.error());
  const auto known = KnownHosts::load(home->known_hosts_file);
  if (!known) return complain(known.error());
  if (options.known_only) {
    print_list({}, *known, options.json);
    return kExitDone;
  }

  const UniqueFd signals = block_end_signals();
  const SystemClock clock;
  HealthBoard board;
  Doorbell bell;
  const discovery::HostBrowser browser(board, clock, [&bell] { bell.ring(); });

  const LocalTime until = clock.now() + std::chrono::duration_cast<Nanos>(
                                            std::chrono::duration<double>(options.seconds));
  Changes changes(options.json);
  while (options.watch || clock.now() < until) {
    const Nanos patience = options.watch ? Nanos(seconds(1)) : until - clock.now();
    if (bell.wait_with(signals.get(), patience)) break;
    if (options.watch) changes.show(browser.hosts());
  }
  if (!options.watch) print_list(browser.hosts(), *known, options.json);

  for (const HealthRow& row : board.rows(clock.now())) {
    if (row.health == Health::working) continue;
    return complain(kExitFailed, row.reason);
  }
  return kExitDone;
}

}  // namespace pf::client_app
