#include "host/native/session_book.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/message/text.h"
#include "core/runtime/log.h"
#include "core/wire/v1/packet_header.h"

namespace pf::native {
namespace {
constexpr Nanos kPatience = milliseconds(100);
}  // namespace

SessionBook::SessionBook(BookParams params, NewsBox& news, HealthBoard& board, const Clock& clock,
                         Rng& rng, OnSessionOver on_session_over)
    : params_(std::move(params)),
      news_(news),
      board_(board),
      clock_(clock),
      rng_(rng),
      on_session_over_(std::move(on_session_over)),
      desks_({.open_display = params_.backends.open_display,
              .linger = params_.linger,
              .max_waiting = params_.admission.max_clients}),
      reaper_({"native reaper", ThreadRole::background}, {}, reaper_bell_, board, clock,
              [this](Shift& shift) { return reap(shift); }) {}

SessionBook::~SessionBook() = default;

Result<Intent> SessionBook::consider(const Applicant& applicant,
                                     const message::Hello& hello) const {
  PF_TRY(plan::Admission admission, plan::admit(params_.admission, present(applicant)));
  PF_TRY(plan::SessionPlan plan, plan_session(params_.offer, hello, path_to(applicant.remote)));
  return Intent{.plan = std::move(plan),
                .admission = std::move(admission),
                .device_name = message::printable(hello.device_name.value_or(""),
                                                  message::kMaxDeviceNameBytes)};
}

plan::ClientPath SessionBook::path_to(const Endpoint& remote) const {
  return {.family = remote.is_ipv6() ? message::IpFamily::v6 : message::IpFamily::v4,
          .packet_overhead_bytes = wire::v1::sealed_packets().overhead_bytes(),
          .proven_udp_bytes = paths_.known(remote)};
}

// Those that hold a place, in the order of their beginning.
std::vector<plan::PresentSession> SessionBook::present(const Applicant& applicant) const {
  using State = SessionStatus::State;
  std::lock_guard lock(mutex_);
  std::vector<plan::PresentSession> all;
  for (const auto& [number, status] : statuses_) {
    if (status.state == State::ending || status.state == State::lingering) continue;
    all.push_back(
        {.number = number,
         .same_device = applicant.fingerprint && status.fingerprint == applicant.fingerprint,
         .device_name = status.device_name});
  }
  return all;
}

Result<std::unique_ptr<PlannedSession>> SessionBook::start(const Applicant& applicant,
                                                           const Intent& intent, LocalTime now) {
  PF_TRY(auto media_port, open_media_port());
  auto planned = std::make_unique<PlannedSession>();
  planned->number = ++last_number_;
  planned->plan = intent.plan;
  planned->welcome = welcome_for(intent.plan, media_port->local().port(), rng_);
  planned->wire_offset = applicant.wire_offset;
  planned->planned_at = now;
  planned->fec = video::FecAdaptation(intent.plan.fec.percent);
  log::info("native", "session {}: {} asks for {} at {} kbit/s", planned->number,
            applicant.remote.to_string(), to_string(planned->plan.mode),
            planned->plan.bitrate_kbps);
  note(*planned, applicant, intent);
  sit_down(*planned, applicant, intent);
  start_workers(*planned, std::move(media_port), params_.capture, params_.backends, news_, board_,
                clock_);
  return planned;
}

Result<std::unique_ptr<net::UdpPort>> SessionBook::open_media_port() const {
  auto port = net::UdpPort::open(params_.media, clock_, {});
  if (!port && port.error().os_code == EADDRINUSE) {
    return fail_os(ErrorKind::exhausted, EADDRINUSE,
                   fmt::format("the host sends all video from UDP port {} (network.data_port), "
                               "which is taken: one client at a time",
                               params_.media.port()));
  }
  return port;
}

bool SessionBook::ends_a_session() const {
  std::lock_guard lock(mutex_);
  return std::any_of(statuses_.begin(), statuses_.end(), [](const auto& entry) {
    return entry.second.state == SessionStatus::State::ending;
  });
}

void SessionBook::sit_down(PlannedSession& planned, const Applicant& applicant,
                           const Intent& intent) {
  if (intent.admission.joins) {
    planned.desk = desks_.join(desk_owner(*intent.admission.joins));
    if (planned.desk) {
      planned.use = session::Desk::Use::join;
      log::info("native", "session {} joins session {}", planned.number, *intent.admission.joins);
      change(planned.number, [&](SessionStatus& status) { status.joins = intent.admission.joins; });
      return;
    }
    // It has just ended: a display of one's own, then.
  }
  auto claim = desks_.claim({.fingerprint = applicant.fingerprint,
                             .command = planned.plan.command,
                             .run_as = planned.plan.run_as},
                            planned.number);
  planned.desk = std::move(claim.desk);
  if (!claim.before) return;
  log::info("native", "session {} returns to the desktop of session {}", planned.number,
            *claim.before);
  std::lock_guard lock(mutex_);
  const auto before = statuses_.find(*claim.before);
  if (before != statuses_.end() && before->second.state == SessionStatus::State::lingering)
    statuses_.erase(before);
}

// Whose display a session watches: its own or that of the session that it joined.
unsigned SessionBook::desk_owner(unsigned number) const {
  std::lock_guard lock(mutex_);
  const auto at = statuses_.find(number);
  return at == statuses_.end() ? number : at->second.joins.value_or(number);
}

void SessionBook::note(const PlannedSession& planned, const Applicant& applicant,
                       const Intent& intent) {
  SessionStatus status{.number = planned.number,
                       .device_name = intent.device_name,
                       .fingerprint = applicant.fingerprint,
                       .remote = applicant.remote,
                       .mode = planned.plan.mode,
                       .codec = planned.plan.codec,
                       .bitrate_kbps = planned.plan.bitrate_kbps,
                       .since = planned.planned_at};
  std::lock_guard lock(mutex_);
  statuses_.emplace(planned.number, std::move(status));
}

template <class Change>
void SessionBook::change(unsigned number, Change change) {
  std::lock_guard lock(mutex_);
  if (const auto at = statuses_.find(number); at != statuses_.end()) change(at->second);
}

void SessionBook::on_streaming(unsigned number) {
  change(number, [](SessionStatus& status) { status.state = SessionStatus::State::streaming; });
}

void SessionBook::on_mode(unsigned number, const DisplayMode& mode) {
  change(number, [&](SessionStatus& status) { status.mode = mode; });
}

void SessionBook::on_bitrate(unsigned number, std::uint32_t bitrate_kbps) {
  change(number, [&](SessionStatus& status) { status.bitrate_kbps = bitrate_kbps; });
}

std::vector<SessionStatus> SessionBook::sessions() const {
  std::lock_guard lock(mutex_);
  std::vector<SessionStatus> all;
  all.reserve(statuses_.size());
  for (const auto& [number, status] : statuses_) all.push_back(status);
  return all;
}

void SessionBook::stop(PlannedSession& planned) {
  planned.session->ask_to_stop();
  change(planned.number,
         [](SessionStatus& status) { status.state = SessionStatus::State::ending; });
}

void SessionBook::end(std::unique_ptr<PlannedSession> planned, bool may_return) {
  if (!planned) return;
  stop(*planned);
  // What never showed a picture is nothing to return to.
  const bool waits =
      desks_.leave(planned->desk, planned->number, may_return && planned->announced, clock_.now());
  if (waits)
    log::info("native", "session {}: its desktop waits for the device to come back",
              planned->number);
  PF_CHECK(ending_.try_push(std::move(planned)));
  reaper_bell_.ring();
}

Result<void> SessionBook::reap(Shift& shift) {
  shift.opened();
  for (;;) {
    while (auto ended = ending_.try_pop()) bury(**ended);
    close_desks();
    if (shift.over()) return {};
    shift.bell().wait(kPatience);
  }
}

void SessionBook::bury(PlannedSession& planned) {
  planned.session->stop();
  on_session_over_({.number = planned.number,
                    .plan = planned.plan,
                    .parts = planned.session->parts(),
                    .wire_offset = planned.wire_offset,
                    .duration = clock_.now() - planned.planned_at,
                    .input = planned.input});
  planned.session.reset();  // the port is free before anybody is told so
  std::lock_guard lock(mutex_);
  if (desks_.waits(planned.number)) {
    statuses_[planned.number].state = SessionStatus::State::lingering;
  } else {
    statuses_.erase(planned.number);
  }
  ++over_;
}

void SessionBook::close_desks() {
  for (const unsigned number : desks_.sweep(clock_.now())) {
    std::lock_guard lock(mutex_);
    const auto at = statuses_.find(number);
    if (at == statuses_.end() || at->second.state != SessionStatus::State::lingering) continue;
    log::info("native", "session {}: its desktop has ended", number);
    statuses_.erase(at);
  }
}

}  // namespace pf::native
