#include "host/gamestream/server/nvhttp.h"

#include <utility>

#include "core/runtime/latest.h"
#include "host/discovery/machine_facts.h"
#include "host/http/server.h"

namespace pf::gamestream {
namespace {

using Way = Asker::Way;

// A pairing's first phase waits for a person; its desk gives up first.
constexpr Nanos kAnswerPatience = PairingBook::kPinPatience + seconds(30);

// On the I/O thread of the HTTP server, but for the constructor.
class Nvhttp {
 public:
  Nvhttp(NvhttpParams params, trust::TrustRegistry& trust, LaunchBox& launches,
         PairingDesk& pairings, const Clock& clock, Rng& rng)
      : params_(std::move(params)),
        trust_(trust),
        launches_(launches),
        pairings_(pairings),
        clock_(clock),
        rng_(rng) {}

  // Any thread.
  void set_apps(std::vector<AppEntry> apps) { new_apps_.put(std::move(apps)); }
  void set_name(std::string name) { new_name_.put(std::move(name)); }

  void handle(http::Request&& request, http::Reply reply) {
    if (auto apps = new_apps_.take()) params_.apps = *std::move(apps);
    if (auto name = new_name_.take()) params_.host_name = *std::move(name);
    const Asker asker = asker_of(request);
    if (asker.way == Way::paired && request.target.starts_with("/applist")) params_.on_list();
    Decision decision = decide(request, asker, view(request, asker));
    std::visit([&](auto& done) { carry_out(done, request, asker, std::move(reply)); }, decision);
  }

 private:
  Asker asker_of(const http::Request& request) const {
    if (!request.over_tls) return {};
    Asker asker{.way = Way::stranger, .device = {}};
    if (request.client_certificate.empty()) return asker;
    const crypto::Fingerprint fingerprint = crypto::fingerprint(request.client_certificate);
    const auto device = trust_.device_of(fingerprint, trust::DeviceKind::moonlight);
    if (!device || device->access.expired(trust::moment_now(clock_).wall)) return asker;
    return {.way = Way::paired, .device = *device};
  }

  NvhttpView view(const http::Request& request, const Asker& asker) const {
    return {.host_name = params_.host_name,
            .unique_id = params_.unique_id,
            .mac = asker.way == Way::paired ? discovery::mac_of(request.local) : std::string(),
            .http_port = params_.ports.http(),
            .https_port = params_.ports.https(),
            .rtsp_port = params_.ports.rtsp(),
            .codec_modes = params_.offer.codec_modes,
            .encryption_required = params_.offer.encryption_required,
            .apps = &params_.apps,
            .running = launches_.running()};
  }

  void carry_out(http::Response& response, const http::Request&, const Asker&, http::Reply reply) {
    reply.send(std::move(response));
  }

  void carry_out(DoPairing& pairing, const http::Request& request, const Asker&,
                 http::Reply reply) {
    const auto owed = std::make_shared<http::Reply>(std::move(reply));
    const bool taken = pairings_.ask(PairingAsk{
        .peer_address = address_text(request.peer),
        .query = std::move(pairing.query),
        .answer = [owed](std::string body) { owed->send(xml_response(std::move(body))); },
        .abandoned = [owed] { return owed->abandoned(); }});
    if (!taken) owed->send(xml_response(pairing_refusal(503, "Too many pairings are under way")));
  }

  void carry_out(DoUnpair& unpair, const http::Request& request, const Asker&, http::Reply reply) {
    // One that is lost ends by itself, in half a minute.
    static_cast<void>(
        pairings_.ask(UnpairAsk{address_text(request.peer), std::move(unpair.query)}));
    reply.send(std::move(unpair.answer));
  }

  void carry_out(DoLaunch& wanted, const http::Request&, const Asker& asker, http::Reply reply) {
    Launch& launch = wanted.launch;
    launch.tokens = draw_tokens(rng_);
    trust_.seen(asker.device.fingerprint, trust::moment_now(clock_).wall);
    const auto owed = std::make_shared<http::Reply>(std::move(reply));
    const auto answer = [owed, launch, port = params_.ports.rtsp()](const Result<void>& outcome) {
      owed->send(launch_answer(launch, port, outcome));
    };
    if (!launches_.ask(LaunchAsk{launch, answer})) answer(busy());
  }

  void carry_out(DoCancel&, const http::Request&, const Asker& asker, http::Reply reply) {
    const auto owed = std::make_shared<http::Reply>(std::move(reply));
    const auto answer = [owed](const Result<void>& outcome) { owed->send(cancel_answer(outcome)); };
    if (!launches_.ask(CancelAsk{asker.device.fingerprint, answer})) answer(busy());
  }

  void carry_out(DoBoxArt& art, const http::Request&, const Asker&, http::Reply reply) {
    const auto owed = std::make_shared<http::Reply>(std::move(reply));
    params_.box_art(art.app_id, [owed](const std::shared_ptr<const std::string>& png) {
      owed->send(box_art_answer(*png));
    });
  }

  static Failure busy() {
    return fail(ErrorKind::exhausted, "The host is too busy: try again in a minute");
  }

  NvhttpParams params_;
  Latest<std::vector<AppEntry>> new_apps_;
  Latest<std::string> new_name_;
  trust::TrustRegistry& trust_;
  LaunchBox& launches_;
  PairingDesk& pairings_;
  const Clock& clock_;
  Rng& rng_;
};

class Serving final : public NvhttpServer {
 public:
  Serving(std::unique_ptr<Nvhttp> handler, http::Server server)
      : handler_(std::move(handler)), server_(std::move(server)) {}

  void set_apps(std::vector<AppEntry> apps) override { handler_->set_apps(std::move(apps)); }
  void set_name(std::string name) override { handler_->set_name(std::move(name)); }

 private:
  const std::unique_ptr<Nvhttp> handler_;
  http::Server server_;  // last: it calls the handler
};

}  // namespace

Result<std::unique_ptr<NvhttpServer>> NvhttpServer::open(NvhttpParams params,
                                                         const HostCertificate& certificate,
                                                         trust::TrustRegistry& trust,
                                                         LaunchBox& launches, PairingDesk& pairings,
                                                         const Clock& clock, Rng& rng) {
  if (!params.listen.is_ipv4()) {
    return fail(ErrorKind::refused, "GameStream is served over IPv4 only, and {} is none",
                params.listen.to_string());
  }
  const auto door = [&](std::uint16_t port, std::optional<http::Tls> tls) {
    return http::Listen{.endpoint = params.listen.with_port(port),
                        .tls = std::move(tls),
                        .setting = "gamestream.base_port"};
  };
  http::ServerParams served{
      .name = "nvhttp",
      .listen = {door(params.ports.http(), {}),
                 door(params.ports.https(),
                      http::Tls{.identity = certificate.identity, .old_clients = true})},
      .limits = {}};
  served.limits.answer_patience = kAnswerPatience;
  auto handler = std::make_unique<Nvhttp>(std::move(params), trust, launches, pairings, clock, rng);
  PF_TRY(auto server,
         http::Server::open(std::move(served),
                            [to = handler.get()](http::Request&& request, http::Reply reply) {
                              to->handle(std::move(request), std::move(reply));
                            }));
  return std::unique_ptr<NvhttpServer>(
      std::make_unique<Serving>(std::move(handler), std::move(server)));
}

}  // namespace pf::gamestream
