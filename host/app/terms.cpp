#include "host/app/terms.h"

#include <utility>

#include "host/app/session_offer.h"

namespace pf::app {
session::Roster::Rules roster_rules(const config::HostConfig& config) {
  return {.admission = {.max_clients = config.session.max_clients,
                        .conflict = conflict_of(config.session.conflict)},
          .linger = seconds(config.desktop.linger_s)};
}

blackbox::Rules blackbox_rules(const config::HostConfig& config) {
  return {.enabled = config.blackbox.enabled,
          .span = seconds(config.blackbox.span_s),
          .bytes = std::size_t{config.blackbox.memory_mb} << 20,
          .save_on_hitch = config.blackbox.save_on_hitch};
}

Result<native::DoorTerms> door_terms(const config::HostConfig& config,
                                     std::span<const library::Entry> entries) {
  PF_TRY(apps::Catalogue catalogue, apps::Catalogue::make(config, entries));
  return native::DoorTerms{.data_port = config.network.data_port,
                           .open = config.session.open,
                           .idle_timeout = milliseconds(config.session.idle_timeout_ms),
                           .marks_traffic = config.network.mark_traffic,
                           .offer = offer_of(config),
                           .apps = std::move(catalogue),
                           .capture = config.capture.backend == "wlr"
                                          ? display::CaptureWay::screencopy
                                          : display::CaptureWay::best};
}

}  // namespace pf::app
