#include "client/discovery/host_browser.h"

namespace pf::discovery {

HostBrowser::HostBrowser(HealthBoard& board, const Clock& clock, std::function<void()> on_change)
    : on_change_(std::move(on_change)),
      events_{.began = [this] { edit([](HostTable& table) { table.clear(); }); },
              .found =
                  [this](const mdns::SightingKey& key, const mdns::Sighting& sighting) {
                    edit([&](HostTable& table) { table.found(key, sighting); });
                  },
              .gone =
                  [this](const mdns::SightingKey& key) {
                    edit([&](HostTable& table) { table.gone(key); });
                  }},
      thread_({"mdns", ThreadRole::background}, {}, bell_, board, clock,
              [this, &clock](Shift& shift) {
                return mdns::browse(std::string(message::kServiceType), events_, clock, shift);
              }) {}

std::vector<FoundHost> HostBrowser::hosts() const {
  std::lock_guard lock(mutex_);
  return table_.hosts();
}

template <class Change>
void HostBrowser::edit(Change&& change) {
  {
    std::lock_guard lock(mutex_);
    change(table_);
  }
  on_change_();
}

}  // namespace pf::discovery
