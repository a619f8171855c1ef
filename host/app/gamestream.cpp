#include "host/app/gamestream.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <mutex>
#include <utility>

#include "core/runtime/log.h"
#include "host/app/host_id.h"
#include "host/apps/app_display.h"
#include "host/apps/catalogue.h"
#include "host/gamestream/server/box_art.h"
#include "host/gamestream/server/gamestream_door.h"
#include "host/gamestream/server/host_certificate.h"
#include "host/gamestream/server/nvhttp.h"

namespace pf::app {
namespace {

using namespace gamestream;

// GameStream's control stream has no IPv6 (libenet 1.3).
Result<Endpoint> ipv4_address(const config::NetworkConfig& network) {
  if (network.bind_address == "::") return Endpoint::any(0);
  const auto address = Endpoint::parse(network.bind_address + ":0");
  if (address && address->is_ipv4()) return *address;
  return fail(ErrorKind::refused,
              "GameStream is served over IPv4 only, and network.bind_address is {}: give an IPv4 "
              "address, or leave gamestream.enabled off",
              network.bind_address);
}

Offer gamestream_offer_of(const config::HostConfig& config) {
  const bool wanted = config.gamestream.encryption != "control";
  Offer offer;
  offer.invalidates_references = true;  // where the encoder cannot, a key frame comes
  offer.encryption_requested = wanted ? encryption::kAll : encryption::kControlV2;
  offer.encryption_required = config.gamestream.encryption == "required";
  return offer;
}

StreamOffer stream_offer_of(const config::HostConfig& config) {
  return {.sends_sound = config.audio.play_on != "host",
          .plays_on_host = config.audio.play_on == "both",
          .capture = config.capture.backend == "wlr" ? display::CaptureWay::screencopy
                                                     : display::CaptureWay::best,
          .run_as = config.desktop.run_as,
          .marks_traffic = config.network.mark_traffic,
          .resume = seconds(config.gamestream.resume_s)};
}

// As clients know UUIDs.
std::string unique_id(const std::string& host_id) {
  std::string id = host_id;
  std::transform(id.begin(), id.end(), id.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  for (const std::size_t at : {8, 13, 18, 23}) id.insert(std::min(at, id.size()), "-");
  return id;
}

// What a client shows of an entry: its poster, or its icon where there is nothing else.
library::ArtKind box_art_of(const library::Library& library, const std::string& entry) {
  const auto shelf = library.now();
  const library::Entry* const found = shelf->find(entry);
  const bool icon_only = found != nullptr && !found->picture(library::ArtKind::poster);
  return icon_only ? library::ArtKind::icon : library::ArtKind::poster;
}

std::vector<AppEntry> entries_of(const apps::Catalogue& catalogue) {
  std::vector<AppEntry> entries;
  for (const apps::App& app : catalogue.apps()) {
    entries.push_back(
        {.app = {.id = static_cast<std::int32_t>(app.id), .title = app.name, .hdr = false},
         .needs_grant = app.id != catalogue.desktop().id});
  }
  return entries;
}

void say_what_it_means(const Ports& ports) {
  log::warning("gamestream",
               "Moonlight clients are served. Their pairing goes over plain HTTP, where whoever "
               "controls the network can find the PIN out and pair a device of his own: do this on "
               "networks that you trust");
  log::info("gamestream", "IPv4 only: TCP {}, {} and {}, UDP {} to {}", ports.https(), ports.http(),
            ports.rtsp(), ports.video(), ports.audio());
}

class Serving final : public GameStream {
 public:
  Serving(const GameStreamPlace& place, HostCertificate certificate)
      : certificate_(std::move(certificate)),
        library_(place.library),
        desk_(certificate_, place.trust, place.board, place.clock, place.rng) {}

  Result<void> start(const config::HostConfig& config, const GameStreamPlace& place) {
    PF_TRY(const Endpoint listen, ipv4_address(config.network));
    PF_TRY(apps::Catalogue catalogue, apps::Catalogue::make(config, place.library.now()->entries));
    const auto entries = entries_of(catalogue);
    keep(std::move(catalogue));
    const Ports ports{.base = config.gamestream.base_port};
    http_ = listen.with_port(ports.http());
    auto door =
        GameStreamDoor::open({.listen = http_,
                              .offer = gamestream_offer_of(config),
                              .streams = stream_offer_of(config),
                              .display_of = [this](const App& app) { return display_of(app); },
                              .backends = place.backends},
                             place.trust, place.roster, place.board, place.clock);
    if (!door && door.error().os_code == EADDRINUSE)
      door.error().what += "; choose other ports with gamestream.base_port";
    PF_TRY(door_, std::move(door));
    PF_TRY(server_,
           NvhttpServer::open(
               {.listen = listen,
                .ports = ports,
                .host_name = place.host_name,
                .unique_id = unique_id(place.host_id),
                .offer = gamestream_offer_of(config),
                .apps = entries,
                .on_list = [this] { library_.scan_if_older(kFresh); },
                .box_art = [this](std::int32_t id,
                                  BoxArtAnswer answer) { draw(id, std::move(answer)); }},
               certificate_, place.trust, door_->launches(), desk_, place.clock, place.rng));
    say_what_it_means(ports);
    return {};
  }

  void set(const config::HostConfig& config, apps::Catalogue catalogue) override {
    auto entries = entries_of(catalogue);
    // First what is chosen from can be started, then it is told.
    keep(std::move(catalogue));
    door_->set_streams(stream_offer_of(config));
    server_->set_name(display_name(config));
    server_->set_apps(std::move(entries));
  }

  Endpoint address() const override { return http_; }

  admin::PinControl pins() override {
    return {.waiting = [this] { return desk_.waiting(); },
            .enter = [this](const PinEntry& entry) { return desk_.enter_pin(entry); },
            .last = [this] { return desk_.last_outcome(); }};
  }

 private:
  void keep(apps::Catalogue catalogue) {
    auto next = std::make_shared<const apps::Catalogue>(std::move(catalogue));
    std::lock_guard lock(mutex_);
    catalogue_.swap(next);
  }
  std::shared_ptr<const apps::Catalogue> catalogue() const {
    std::lock_guard lock(mutex_);
    return catalogue_;
  }

  // On the I/O thread of the HTTP server: answers now, or the library does.
  void draw(std::int32_t id, const BoxArtAnswer& answer) {
    const auto known = catalogue();
    const apps::App* const app = known->find(static_cast<apps::AppId>(id));
    if (app == nullptr || app->entry.empty()) return answer(fallback_);
    library_.ask_art({.entry = app->entry,
                      .kind = box_art_of(library_, app->entry),
                      .as_png = true,
                      .answer = [answer, fallback = fallback_](
                                    const Result<std::shared_ptr<const library::Picture>>& told) {
                        if (!told) return answer(fallback);
                        answer(std::shared_ptr<const std::string>(*told, &(*told)->bytes));
                      }});
  }

  display::DisplayRequest display_of(const App& app) const {
    const auto known = catalogue();
    const apps::App* const found = known->find(static_cast<apps::AppId>(app.id));
    // A client shows what it asked for: the mode that an application wants does not count here.
    return found == nullptr ? display::DisplayRequest{} : apps::display_for(*found, {}, "");
  }

  // Clients ask for their list every few seconds.
  static constexpr Nanos kFresh = seconds(60);

  const HostCertificate certificate_;
  library::Library& library_;
  const std::shared_ptr<const std::string> fallback_ =
      std::make_shared<const std::string>(default_box_art());
  Endpoint http_;
  mutable std::mutex mutex_;
  std::shared_ptr<const apps::Catalogue> catalogue_;  // under mutex_
  PairingDesk desk_;
  std::unique_ptr<GameStreamDoor> door_;
  std::unique_ptr<NvhttpServer> server_;
};

}  // namespace

Result<std::unique_ptr<GameStream>> GameStream::open(const config::HostConfig& config,
                                                     const GameStreamPlace& place) {
  if (!config.gamestream.enabled) return std::unique_ptr<GameStream>();
  PF_TRY(auto certificate, load_or_make_certificate(place.state_dir));
  auto serving = std::make_unique<Serving>(place, std::move(certificate));
  PF_TRY_VOID(serving->start(config, place));
  return std::unique_ptr<GameStream>(std::move(serving));
}

}  // namespace pf::app
