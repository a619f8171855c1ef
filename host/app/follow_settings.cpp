#include "host/app/follow_settings.h"

#include <optional>
#include <utility>

#include "core/runtime/log.h"
#include "core/runtime/log_ring.h"
#include "host/app/choose_backends.h"
#include "host/app/library.h"
#include "host/app/terms.h"

namespace pf::app {
namespace {

using config::HostConfig;

// Choosing probes an encoder, which costs a tenth of a second.
bool choose_anew(const HostConfig& before, const HostConfig& next) {
  return before.video.encoder != next.video.encoder || before.audio.backend != next.audio.backend ||
         before.display.backend != next.display.backend ||
         before.capture.backend != next.capture.backend ||
         before.desktop.command != next.desktop.command ||
         before.desktop.run_as != next.desktop.run_as;
}

bool announce_anew(const HostConfig& before, const HostConfig& next) {
  return before.session.open != next.session.open || before.network.mdns != next.network.mdns ||
         before.network.name != next.network.name;
}

void install(const Followers& host, const HostConfig& before, const HostConfig& next,
             const std::optional<pipeline::Backends>& backends, const native::DoorTerms& terms,
             const library::LibraryRules& rules) {
  host.library.set_rules(rules);
  if (backends) host.backends.set(*backends);
  host.roster.set_rules(roster_rules(next));
  host.blackbox.set_rules(blackbox_rules(next));
  host.door.set_terms(terms);
  if (host.gamestream != nullptr) host.gamestream->set(next, terms.apps);
  host.microphone.set_enabled(next.microphone.enabled);
  // Else it stays what an operator has made it for now.
  if (before.log.level != next.log.level) host.logs.set_level(*log::parse_level(next.log.level));
  if (next.session.open && !before.session.open)
    log::warning("host", "open: whoever reaches this port may watch");
  if (announce_anew(before, next)) host.announce(next);
}

}  // namespace

config::LiveConfig::Prepare follow_settings(Followers followers) {
  return
      [host = std::move(followers)](const HostConfig& before,
                                    const HostConfig& next) -> Result<config::LiveConfig::Install> {
        PF_TRY(library::LibraryRules rules, library_rules(next));
        PF_TRY(native::DoorTerms terms, door_terms(next, host.library.now()->entries));
        std::optional<pipeline::Backends> backends;
        if (choose_anew(before, next)) {
          PF_TRY(backends, choose_backends(next, host.journal));
        }
        return config::LiveConfig::Install(
            [host, before, next, backends = std::move(backends), terms = std::move(terms),
             rules = std::move(rules)] { install(host, before, next, backends, terms, rules); });
      };
}

}  // namespace pf::app
