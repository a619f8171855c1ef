#include "host/native/session_book.h"

#include <cerrno>
#include <utility>

#include "core/message/text.h"
#include "core/net/traffic_class.h"
#include "core/runtime/log.h"
#include "core/wire/v1/packet_header.h"

namespace pf::native {
namespace {

std::string mode_lock(const Intent& intent) {
  if (!intent.app || !intent.app->mode) return {};
  return "the application \"" + intent.app->name + "\" has a mode of its own";
}

}  // namespace

SessionBook::SessionBook(BookParams params, pipeline::Backends backends, session::Roster& roster,
                         NewsBox& news, HealthBoard& board, const Clock& clock, Rng& rng)
    : params_(std::move(params)),
      backends_(std::move(backends)),
      roster_(roster),
      news_(news),
      board_(board),
      clock_(clock),
      rng_(rng) {}

Result<Intent> SessionBook::consider(const Applicant& applicant, const message::Hello& hello,
                                     std::optional<plan::SoundPlace> sound) const {
  PF_TRY(plan::Admission admission, roster_.admit(applicant.fingerprint));
  PF_TRY(std::optional<apps::App> app, app_for(hello));
  plan::HostOffer offer = params_.offer;
  if (sound) offer.sound.place = *sound;
  message::Hello wanted = hello;
  if (app) {
    offer.command = app->command;
    wanted.mode = app->mode.value_or(hello.mode);
  }
  PF_TRY(plan::SessionPlan plan, plan_session(offer, wanted, path_to(applicant.remote)));
  return Intent{.plan = std::move(plan),
                .app = std::move(app),
                .admission = std::move(admission),
                .device_name = message::printable(hello.device_name.value_or(""),
                                                  message::kMaxDeviceNameBytes)};
}

Result<std::optional<apps::App>> SessionBook::app_for(const message::Hello& hello) const {
  if (!hello.launch_id) return std::nullopt;
  if (const apps::App* app = params_.apps.find(*hello.launch_id)) return *app;
  return fail(ErrorKind::refused, "this host has no application '{}'",
              message::printable(*hello.launch_id, message::kMaxLaunchIdBytes));
}

plan::ClientPath SessionBook::path_to(const Endpoint& remote) const {
  return {.family = remote.is_ipv6() ? message::IpFamily::v6 : message::IpFamily::v4,
          .packet_overhead_bytes = wire::v1::sealed_packets().overhead_bytes(),
          .proven_udp_bytes = paths_.known(remote)};
}

Result<std::unique_ptr<PlannedSession>> SessionBook::start(const Applicant& applicant,
                                                           const Intent& intent, LocalTime now) {
  PF_TRY(auto media_port, open_media_port(applicant.remote));
  auto planned = std::make_unique<PlannedSession>();
  planned->plan = intent.plan;
  planned->app = intent.app;
  planned->welcome = welcome_for(intent.plan, media_port->local().port(), rng_);
  planned->wire_offset = applicant.wire_offset;
  planned->planned_at = now;
  planned->fec = video::FecAdaptation(intent.plan.fec.percent);
  auto seat = roster_.sit_down({.door = session::Door::native,
                                .remote = applicant.remote,
                                .fingerprint = applicant.fingerprint,
                                .device_name = intent.device_name,
                                .mode = intent.plan.mode,
                                .codec = intent.plan.codec,
                                .bitrate_kbps = intent.plan.bitrate_kbps,
                                .app = (intent.app ? *intent.app : params_.apps.desktop()).id,
                                .command = intent.plan.command,
                                .run_as = intent.plan.run_as,
                                .mode_locked = mode_lock(intent)},
                               intent.admission, now);
  planned->number = seat.number;
  planned->desk = std::move(seat.desk);
  planned->use = seat.use;
  log::info("native", "session {}: {} asks for {} at {} kbit/s", planned->number,
            applicant.remote.to_string(), to_string(planned->plan.mode),
            planned->plan.bitrate_kbps);
  start_workers(*planned, std::move(media_port), params_.capture, backends_, news_, board_, clock_);
  roster_.on_workers(planned->number, *planned->session, planned->wire_offset);
  return planned;
}

Result<std::unique_ptr<net::UdpPort>> SessionBook::open_media_port(const Endpoint& remote) const {
  const bool marked = params_.marks_traffic && net::in_private_network(remote);
  auto port =
      net::UdpPort::open(params_.media, clock_,
                         {.dscp = marked ? net::dscp_of(net::Traffic::picture) : net::kUnmarked});
  if (!port && port.error().os_code == EADDRINUSE) {
    return fail_os(ErrorKind::exhausted, EADDRINUSE,
                   fmt::format("the host sends all video from UDP port {} (network.data_port), "
                               "which is taken: one client at a time",
                               params_.media.port()));
  }
  return port;
}

void SessionBook::end(std::unique_ptr<PlannedSession> planned, bool may_return) {
  if (!planned) return;
  using Desktop = session::Roster::Desktop;
  // What never showed a picture is nothing to return to.
  const bool waits = may_return && planned->announced;
  (void)roster_.end({.number = planned->number,
                     .desk = std::move(planned->desk),
                     .session = std::move(planned->session),
                     .mode = planned->plan.mode,
                     .wire_offset = planned->wire_offset,
                     .began_at = planned->planned_at,
                     .input = planned->input},
                    waits ? Desktop::lingers : Desktop::ends);
}

}  // namespace pf::native
