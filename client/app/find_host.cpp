#include "client/app/find_host.h"

#include <algorithm>
#include <optional>

#include "client/discovery/host_browser.h"
#include "client/probe/resolve.h"
#include "core/base/hex.h"
#include "core/runtime/system_clock.h"

namespace pf::client_app {
namespace {

// Answers come within 120 ms of a question (RFC 6762 section 6), and a lost one is asked again
// after a second.
constexpr Nanos kLookFor = seconds(2);

// The host that announces itself under this name or id, as soon as it does.
std::optional<discovery::FoundHost> look_for(const std::string& name, const std::string& id) {
  const SystemClock clock;
  HealthBoard board;
  Doorbell bell;
  const discovery::HostBrowser browser(board, clock, [&bell] { bell.ring(); });
  const LocalTime until = clock.now() + kLookFor;
  while (clock.now() < until) {
    for (const discovery::FoundHost& host : browser.hosts()) {
      if (id.empty() ? host.name == name : host.advert.id == id) return host;
    }
    bell.wait(until - clock.now());
  }
  return std::nullopt;
}

const trust::KnownHost* known_by_name(const std::string& text, const trust::KnownHosts& known) {
  const auto at =
      std::find_if(known.all().begin(), known.all().end(), [&](const trust::KnownHost& host) {
        return !host.addresses.empty() && (host.name == text || host.id == text);
      });
  return at == known.all().end() ? nullptr : &*at;
}

Result<Target> at_address(const std::string& address, const trust::KnownHosts& known) {
  PF_TRY(const Endpoint endpoint, probe::resolve_host(address));
  Target target{.address = address, .endpoint = endpoint, .name = address};
  target.known = known.find(address);
  if (target.known != nullptr) target.id = target.known->id;
  return target;
}

}  // namespace

std::string with_port(const std::string& text) {
  const auto colons = std::count(text.begin(), text.end(), ':');
  if (colons > 1 && text.front() != '[') return fmt::format("[{}]:{}", text, kDefaultPort);
  const bool has_port =
      text.find(':', text.rfind(']') == std::string::npos ? 0 : text.rfind(']')) !=
      std::string::npos;
  return has_port ? text : fmt::format("{}:{}", text, kDefaultPort);
}

Result<Target> find_host(const std::string& text, const trust::KnownHosts& known) {
  if (const trust::KnownHost* host = known_by_name(text, known)) {
    // It may have moved since; if it is silent, the last address is the best guess.
    const auto found = look_for(host->name, host->id);
    PF_TRY(
        Target target,
        at_address(found ? found->addresses.front().to_string() : host->addresses.front(), known));
    target.known = host;
    target.name = host->name;
    target.id = host->id;
    return target;
  }
  auto target = at_address(with_port(text), known);
  if (target) return target;
  const auto found = look_for(text, {});
  if (!found) return target;  // what the resolver said
  const std::string address = found->addresses.front().to_string();
  return Target{.address = address,
                .endpoint = found->addresses.front(),
                .name = found->name,
                .id = found->advert.id,
                .known = known.find(address, found->advert.id)};
}

}  // namespace pf::client_app
