#include "host/native/session_book.h"

#include <algorithm>
#include <utility>

#include "core/message/text.h"
#include "core/runtime/log.h"

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
      reaper_({"native reaper", ThreadRole::background}, {}, reaper_bell_, board, clock,
              [this](Shift& shift) { return reap(shift); }) {}

SessionBook::~SessionBook() = default;

Result<std::unique_ptr<PlannedSession>> SessionBook::plan(const Applicant& applicant,
                                                          const message::Hello& hello,
                                                          LocalTime now) {
  if (places_taken() >= params_.max_clients) {
    return fail(ErrorKind::exhausted,
                "the host is busy: it serves {} clients at once, and they are here",
                params_.max_clients);
  }
  PF_TRY(plan::SessionPlan plan, plan_session(params_.offer, hello, applicant.remote.is_ipv6()));
  PF_TRY(auto media_port, net::UdpPort::open(params_.media, clock_, {}));

  auto planned = std::make_unique<PlannedSession>();
  planned->number = ++last_number_;
  planned->welcome = welcome_for(plan, media_port->local().port(), rng_);
  planned->wire_offset = applicant.wire_offset;
  planned->planned_at = now;
  planned->fec = video::FecAdaptation(plan.fec.percent);
  planned->plan = std::move(plan);
  log::info("native", "session {}: {} asks for {} at {} kbit/s", planned->number,
            applicant.remote.to_string(), to_string(planned->plan.mode),
            planned->plan.bitrate_kbps);
  note(*planned, applicant, hello);
  start_workers(*planned, std::move(media_port), params_.capture, params_.backends, news_, board_,
                clock_);
  return planned;
}

void SessionBook::note(const PlannedSession& planned, const Applicant& applicant,
                       const message::Hello& hello) {
  SessionStatus status{.number = planned.number,
                       .device_name = message::printable(hello.device_name.value_or(""),
                                                         message::kMaxDeviceNameBytes),
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

std::size_t SessionBook::places_taken() const {
  std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      statuses_.begin(), statuses_.end(),
      [](const auto& entry) { return entry.second.state != SessionStatus::State::ending; }));
}

std::vector<SessionStatus> SessionBook::sessions() const {
  std::lock_guard lock(mutex_);
  std::vector<SessionStatus> all;
  all.reserve(statuses_.size());
  for (const auto& [number, status] : statuses_) all.push_back(status);
  return all;
}

void SessionBook::end(std::unique_ptr<PlannedSession> planned) {
  if (!planned) return;
  change(planned->number,
         [](SessionStatus& status) { status.state = SessionStatus::State::ending; });
  PF_CHECK(ending_.try_push(std::move(planned)));
  reaper_bell_.ring();
}

Result<void> SessionBook::reap(Shift& shift) {
  shift.opened();
  for (;;) {
    while (auto ended = ending_.try_pop()) bury(**ended);
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
                    .duration = clock_.now() - planned.planned_at});
  std::lock_guard lock(mutex_);
  statuses_.erase(planned.number);
  ++over_;
}

}  // namespace pf::native
