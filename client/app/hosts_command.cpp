#include "client/app/hosts_command.h"

#include <sys/signalfd.h>
#include <csignal>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "client/app/exit_code.h"
#include "client/discovery/host_browser.h"
#include "core/base/hex.h"
#include "core/runtime/system_clock.h"
#include "core/runtime/unique_fd.h"

namespace pf::client_app {
namespace {

using discovery::FoundHost;
using Json = nlohmann::ordered_json;

std::string mac_text(const std::array<std::uint8_t, 6>& mac) {
  return fmt::format("{:02x}", fmt::join(mac, ":"));
}

Json to_json(const FoundHost& host) {
  Json json{{"name", host.name}, {"id", host.advert.id}};
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

void print_row(const char* mark, const FoundHost& host) {
  std::printf("%s%-24s %-21s %-8s %s\n", mark, host.name.c_str(),
              host.addresses.front().to_string().c_str(),
              host.advert.pairing_required ? "pairing" : "open", host.advert.os.c_str());
}

void print_list(const std::vector<FoundHost>& hosts, bool json) {
  if (json) {
    Json list = Json::array();
    for (const FoundHost& host : hosts) list.push_back(to_json(host));
    std::printf("%s\n", Json{{"hosts", list}}.dump(2).c_str());
    return;
  }
  if (hosts.empty()) {
    std::printf(
        "No host announces itself on this network. A host that does not can still be reached: "
        "punktfunk connect ADDRESS\n");
    return;
  }
  for (const FoundHost& host : hosts) print_row("", host);
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
      print_row(mark, host);
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
  if (!options.watch) print_list(browser.hosts(), options.json);

  for (const HealthRow& row : board.rows()) {
    if (row.health == Health::working) continue;
    std::fprintf(stderr, "punktfunk: %s\n", row.reason.c_str());
    return kExitFailed;
  }
  return kExitDone;
}

}  // namespace pf::client_app
