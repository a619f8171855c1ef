#include "host/session/roster.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/runtime/log.h"
#include "host/plan/session_plan.h"

namespace pf::session {
namespace {
constexpr Nanos kPatience = milliseconds(100);

void add(WorkCounts& all, const SessionParts& parts) {
  all.frames_captured += parts.counts.captured;
  all.frames_sent += parts.counts.sent;
  all.epochs += parts.counts.epochs;
  all.sound_frames += parts.sound.frames;
  all.silent_sound_frames += parts.sound.silent_frames;
  all.dropped_sound_frames += parts.sound.dropped;
  all.input_events += parts.input.injected;
}

// What no session can do.
Result<void> check(const OperatorWish& wish) {
  if (const auto* mode = std::get_if<DisplayMode>(&wish)) {
    const auto [width, height] = mode->size_px;
    const auto [least, most] = std::pair(plan::kSmallestMode, plan::kLargestMode);
    const bool possible = width >= least.width && height >= least.height && width <= most.width &&
                          height <= most.height && mode->refresh.numerator != 0 &&
                          mode->refresh.hz() <= plan::kHighestRefreshHz;
    if (!possible) {
      return fail(ErrorKind::malformed, "a mode is from {}x{} to {}x{}, and at most {} Hz",
                  least.width, least.height, most.width, most.height, plan::kHighestRefreshHz);
    }
  }
  if (const auto* cap = std::get_if<BitrateCap>(&wish)) {
    if (cap->bitrate_kbps < plan::kLeastBitrateKbps || cap->bitrate_kbps > plan::kMostBitrateKbps)
      return fail(ErrorKind::malformed, "a bit rate is from {} to {} kbit/s",
                  plan::kLeastBitrateKbps, plan::kMostBitrateKbps);
  }
  return {};
}
}  // namespace

Roster::Roster(Params params, HealthBoard& board, const Clock& clock, OnSessionOver on_session_over)
    : clock_(clock),
      on_session_over_(std::move(on_session_over)),
      recorder_(params.recorder),
      blackbox_(params.blackbox),
      desks_({.open_display = std::move(params.open_display),
              .max_waiting = params.rules.admission.max_clients,
              .journal = params.journal}),
      rules_(params.rules),
      reaper_({"session reaper", ThreadRole::background}, {}, reaper_bell_, board, clock,
              [this](Shift& shift) { return reap(shift); }) {}

Roster::~Roster() = default;

// Counted are those that hold a place, in the order of their beginning.
Result<plan::Admission> Roster::admit(const std::optional<crypto::Fingerprint>& device) const {
  using State = SessionStatus::State;
  std::vector<plan::PresentSession> present;
  std::lock_guard lock(mutex_);
  for (const auto& [number, status] : statuses_) {
    if (status.state == State::ending || status.state == State::lingering) continue;
    present.push_back({.number = number,
                       .same_device = device && status.fingerprint == device,
                       .device_name = status.device_name});
  }
  return plan::admit(rules_.admission, present);
}

void Roster::set_rules(const Rules& rules) {
  desks_.set_max_waiting(rules.admission.max_clients);
  std::lock_guard lock(mutex_);
  rules_ = rules;
}

Nanos Roster::linger() const {
  std::lock_guard lock(mutex_);
  return rules_.linger;
}

std::vector<SessionStatus> Roster::sessions() const {
  std::lock_guard lock(mutex_);
  std::vector<SessionStatus> all;
  all.reserve(statuses_.size());
  for (const auto& [number, status] : statuses_) all.push_back(status);
  return all;
}

WorkCounts Roster::work_counts() const {
  std::lock_guard lock(mutex_);
  WorkCounts all = buried_work_;
  for (const auto& [number, parts] : working_) add(all, *parts);
  return all;
}

Result<void> Roster::end_session(unsigned number) {
  if (desks_.give_up(number)) return {};  // it is over already, and lingers
  Door door = Door::native;
  {
    std::lock_guard lock(mutex_);
    const auto at = statuses_.find(number);
    if (at == statuses_.end()) return fail(ErrorKind::refused, "there is no session {}", number);
    door = at->second.door;
  }
  if (!tell(door, EndWish{number, "ended by the operator", Desktop::ends}))
    return fail(ErrorKind::exhausted, "too many sessions are being ended: try again");
  return {};
}

Result<void> Roster::steer(unsigned number, const OperatorWish& wish) {
  PF_TRY_VOID(check(wish));
  Door door = Door::native;
  {
    std::lock_guard lock(mutex_);
    const auto at = statuses_.find(number);
    if (at == statuses_.end())
      return fail(ErrorKind::unavailable, "there is no session {}", number);
    const SessionStatus& status = at->second;
    if (status.state != SessionStatus::State::streaming)
      return fail(ErrorKind::refused, "session {} does not stream now", number);
    if (std::holds_alternative<DisplayMode>(wish)) {
      if (status.joins) {
        return fail(ErrorKind::refused, "session {} watches the desktop of session {}: change that",
                    number, *status.joins);
      }
      if (!status.mode_locked.empty()) {
        return fail(ErrorKind::refused, "session {} keeps its mode: {}", number,
                    status.mode_locked);
      }
    }
    door = status.door;
  }
  if (!tell(door, SteerWish{number, wish}))
    return fail(ErrorKind::exhausted, "too many wishes wait to be carried out: try again");
  return {};
}

Result<display::CaptureTarget> Roster::capture_target(unsigned number) const {
  const auto desk = desks_.desk_of(desk_owner(number));
  if (!desk) return fail(ErrorKind::unavailable, "there is no session {}", number);
  return desk->capture_target();
}

void Roster::wish_end(unsigned number, std::string why) {
  std::optional<Door> door;
  change(number, [&](SessionStatus& status) {
    door = status.door;
    status.state = SessionStatus::State::ending;
  });
  // A door that does not look for so long has nobody to tell it to.
  if (door) (void)tell(*door, EndWish{number, std::move(why), Desktop::lingers});
}

bool Roster::tell(Door door, News news) {
  std::lock_guard lock(mutex_);
  DoorEntry& at = entry(door);
  if (at.bell == nullptr || !at.news.try_push(std::move(news))) return false;
  at.bell->ring();
  return true;
}

std::optional<Roster::News> Roster::poll(Door door) { return entry(door).news.try_pop(); }

Roster::Seat Roster::sit_down(const Guest& guest, const plan::Admission& admission, LocalTime now) {
  Seat seat;
  {
    std::lock_guard lock(mutex_);
    seat.number = ++last_number_;
  }
  note(seat.number, guest, now);
  if (admission.joins) {
    seat.desk = desks_.join(desk_owner(*admission.joins));
    if (seat.desk) {
      seat.use = Desk::Use::join;
      log::info("session", "session {} joins session {}", seat.number, *admission.joins);
      change(seat.number, [&](SessionStatus& status) { status.joins = admission.joins; });
      return seat;
    }
    // It has just ended: a display of one's own, then.
  }
  auto claim = desks_.claim({.fingerprint = guest.fingerprint,
                             .app = guest.app,
                             .command = guest.command,
                             .run_as = guest.run_as},
                            seat.number);
  seat.desk = std::move(claim.desk);
  if (!claim.before) return seat;
  log::info("session", "session {} returns to the desktop of session {}", seat.number,
            *claim.before);
  std::lock_guard lock(mutex_);
  const auto before = statuses_.find(*claim.before);
  if (before != statuses_.end() && before->second.state == SessionStatus::State::lingering)
    statuses_.erase(before);
  return seat;
}

// Whose display a session watches: its own or that of the session that it joined.
unsigned Roster::desk_owner(unsigned number) const {
  std::lock_guard lock(mutex_);
  const auto at = statuses_.find(number);
  return at == statuses_.end() ? number : at->second.joins.value_or(number);
}

void Roster::note(unsigned number, const Guest& guest, LocalTime now) {
  SessionStatus status{.number = number,
                       .door = guest.door,
                       .device_name = guest.device_name,
                       .fingerprint = guest.fingerprint,
                       .remote = guest.remote,
                       .mode = guest.mode,
                       .codec = guest.codec,
                       .bitrate_kbps = guest.bitrate_kbps,
                       .since = now,
                       .mode_locked = guest.mode_locked};
  std::lock_guard lock(mutex_);
  statuses_.emplace(number, std::move(status));
  unburied_.emplace(number, guest.door);
}

template <class Change>
void Roster::change(unsigned number, Change change) {
  std::lock_guard lock(mutex_);
  if (const auto at = statuses_.find(number); at != statuses_.end()) change(at->second);
}

void Roster::on_workers(unsigned number, const Session& session, Nanos wire_offset) {
  {
    std::lock_guard lock(mutex_);
    working_.emplace(number, &session.parts());
  }
  recorder::SessionFacts facts{.number = number, .door = {}, .device = {}, .mode = {}};
  change(number, [&](const SessionStatus& status) {
    facts.door = status.door == Door::native ? "native" : "gamestream";
    facts.device = status.device_name;
    facts.mode = to_string(status.mode);
  });
  const SessionParts& parts = session.parts();
  if (recorder_ != nullptr) recorder_->begin(facts, parts.trace, wire_offset);
  if (blackbox_ != nullptr) blackbox_->begin(facts, parts.tap, parts.trace, wire_offset);
}

void Roster::on_streaming(unsigned number) {
  change(number, [](SessionStatus& status) {
    if (status.state == SessionStatus::State::starting)
      status.state = SessionStatus::State::streaming;
  });
}

void Roster::on_mode(unsigned number, const DisplayMode& mode) {
  change(number, [&](SessionStatus& status) { status.mode = mode; });
  if (recorder_ != nullptr) recorder_->on_mode(number, to_string(mode));
}

void Roster::on_bitrate(unsigned number, std::uint32_t bitrate_kbps) {
  change(number, [&](SessionStatus& status) { status.bitrate_kbps = bitrate_kbps; });
}

void Roster::stop(unsigned number, Session& session) {
  session.ask_to_stop();
  change(number, [](SessionStatus& status) { status.state = SessionStatus::State::ending; });
}

bool Roster::end(Ending ending, Desktop desktop) {
  stop(ending.number, *ending.session);
  const Nanos patience = desktop == Desktop::lingers ? ending.linger.value_or(linger()) : Nanos(0);
  const bool waits = desks_.leave(ending.desk, ending.number, patience, clock_.now());
  if (waits)
    log::info("session", "session {}: its desktop waits for the device to come back",
              ending.number);
  PF_CHECK(ending_.try_push(std::move(ending)));
  reaper_bell_.ring();
  return waits;
}

bool Roster::ends_a_session() const {
  std::lock_guard lock(mutex_);
  return std::any_of(statuses_.begin(), statuses_.end(), [](const auto& entry) {
    return entry.second.state == SessionStatus::State::ending;
  });
}

bool Roster::has_unburied(Door door) const {
  std::lock_guard lock(mutex_);
  return std::any_of(unburied_.begin(), unburied_.end(),
                     [&](const auto& entry) { return entry.second == door; });
}

Result<void> Roster::reap(Shift& shift) {
  shift.opened();
  for (;;) {
    while (auto ended = ending_.try_pop()) bury(*ended);
    close_desks();
    if (shift.over()) return {};
    shift.bell().wait(kPatience);
  }
}

void Roster::bury(Ending& ending) {
  ending.session->stop();
  Door door = Door::native;
  {
    std::lock_guard lock(mutex_);
    door = unburied_.at(ending.number);
  }
  on_session_over_({.number = ending.number,
                    .door = door,
                    .mode = ending.mode,
                    .parts = ending.session->parts(),
                    .wire_offset = ending.wire_offset,
                    .duration = clock_.now() - ending.began_at,
                    .input = ending.input});
  if (recorder_ != nullptr) recorder_->end(ending.number);
  if (blackbox_ != nullptr) blackbox_->end(ending.number);
  {
    std::lock_guard lock(mutex_);
    if (working_.erase(ending.number) != 0) add(buried_work_, ending.session->parts());
  }
  ending.session.reset();  // its port is free before anybody is told so
  std::lock_guard lock(mutex_);
  if (desks_.waits(ending.number)) {
    statuses_[ending.number].state = SessionStatus::State::lingering;
  } else {
    statuses_.erase(ending.number);
  }
  unburied_.erase(ending.number);
  if (Doorbell* const bell = entry(door).bell) bell->ring();
  ++over_;
}

void Roster::close_desks() {
  for (const unsigned number : desks_.sweep(clock_.now())) {
    std::optional<Door> door;
    {
      std::lock_guard lock(mutex_);
      const auto at = statuses_.find(number);
      if (at == statuses_.end() || at->second.state != SessionStatus::State::lingering) continue;
      log::info("session", "session {}: its desktop has ended", number);
      door = at->second.door;
      statuses_.erase(at);
    }
    // A door that is closed has nobody who could return.
    (void)tell(*door, DeskClosed{number});
  }
}

DoorLink::DoorLink(Roster& roster, Door door, Doorbell& bell)
    : roster_(roster), door_(door), bell_(bell) {
  std::lock_guard lock(roster_.mutex_);
  PF_CHECK(roster_.entry(door_).bell == nullptr);
  roster_.entry(door_).bell = &bell_;
}

DoorLink::~DoorLink() {
  while (roster_.has_unburied(door_)) bell_.wait(kPatience);
  std::lock_guard lock(roster_.mutex_);
  roster_.entry(door_).bell = nullptr;
  while (roster_.entry(door_).news.try_pop()) {
  }
}

}  // namespace pf::session
