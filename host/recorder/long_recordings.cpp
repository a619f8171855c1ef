// The part of the recorder that saves what was started, as it goes.
#include <algorithm>
#include <utility>

#include "core/runtime/log.h"
#include "host/recorder/recorder.h"

namespace pf::recorder {
namespace {

// A part fills in half a minute at the highest rate of a screen.
constexpr Nanos kLookEvery = seconds(5);
// Until everybody has told what became of a picture: it was sent, and a client says so within a
// second.
constexpr Nanos kSettled = seconds(3);
// A full disk is looked at again before the rings have come round.
constexpr BackoffPolicy kBackoff{.first = seconds(1), .longest = seconds(15)};

// How many pictures its threads have written of.
std::uint64_t count_of(const SessionTrace& trace) noexcept {
  return std::max(trace.pictures().added(), trace.frames().added());
}

std::uint64_t count_since(const SessionTrace& trace, LocalTime since) {
  const auto after = [&](const auto& row) { return row.captured >= since; };
  return std::max(trace.pictures().newest(after).size(), trace.frames().newest(after).size());
}

}  // namespace

Recorder::~Recorder() {
  scribe_.reset();
  const std::lock_guard turn(turn_);
  for (const RunningRecording& one : running())
    if (auto saved = save_part(one.session, Extent::all); !saved)
      log::error("recorder", "the recording of session {} is lost: {}", one.session,
                 saved.error().what);
}

Result<unsigned> Recorder::start(std::optional<unsigned> session) {
  PF_TRY(const unsigned number, chosen(session));
  PF_TRY_VOID(store_.has_room());
  const std::lock_guard turn(turn_);
  {
    const std::lock_guard lock(mutex_);
    const auto at = sessions_.find(number);
    if (at == sessions_.end() || at->second.over)
      return fail(ErrorKind::unavailable, "there is no session {}", number);
    if (at->second.running)
      return fail(ErrorKind::refused, "session {} is being recorded already", number);
    const auto others = std::count_if(sessions_.begin(), sessions_.end(),
                                      [](const auto& one) { return one.second.running; });
    if (static_cast<std::size_t>(others) >= kMaxRunning)
      return fail(ErrorKind::exhausted, "{} sessions are being recorded: stop one of them", others);
    const std::uint64_t count = count_of(*at->second.trace);
    const LocalTime now = clock_.now();
    at->second.running = Running{.started_at = now,
                                 .saved_until = now,
                                 .began_with = count,
                                 .saved_count = count,
                                 .parts = {},
                                 .problem = {}};
    at->second.parts.clear();
  }
  if (!scribe_)
    scribe_.emplace(ThreadSpec{.name = "recorder", .role = ThreadRole::background}, kBackoff, bell_,
                    board_, clock_, [this](Shift& shift) { return write_along(shift); });
  bell_.ring();
  return number;
}

Result<unsigned> Recorder::chosen_to_stop(std::optional<unsigned> session) const {
  if (session) return *session;
  const std::lock_guard lock(mutex_);
  std::optional<unsigned> only;
  for (const auto& [number, entry] : sessions_) {
    if (!entry.running && entry.parts.empty()) continue;
    if (only) return fail(ErrorKind::malformed, "several sessions are recorded: say which");
    only = number;
  }
  if (!only) return fail(ErrorKind::refused, "no session is being recorded");
  return *only;
}

Result<std::vector<SavedRecording>> Recorder::stop(std::optional<unsigned> session) {
  PF_TRY(const unsigned number, chosen_to_stop(session));
  const std::lock_guard turn(turn_);
  PF_TRY(const Session entry, known(number));
  if (!entry.running && entry.parts.empty())
    return fail(ErrorKind::refused, "session {} is not being recorded", number);
  if (entry.running) PF_TRY_VOID(save_part(number, Extent::all));
  auto parts = finish(number);
  if (parts.empty())
    return fail(ErrorKind::unavailable, "session {} has shown nothing in that time", number);
  const std::lock_guard lock(mutex_);
  if (const auto at = sessions_.find(number); at != sessions_.end()) at->second.parts.clear();
  return parts;
}

RunningRecording Recorder::described(const Session& session) const {
  const Running& running = *session.running;
  return {.session = session.facts.number,
          .started_at = WireTime(running.started_at.since_epoch() + session.wire_offset),
          .elapsed = clock_.now() - running.started_at,
          .pictures = count_of(*session.trace) - running.began_with,
          .parts = running.parts,
          .missed = running.missed,
          .problem = running.problem};
}

std::vector<RunningRecording> Recorder::running() const {
  const std::lock_guard lock(mutex_);
  std::vector<RunningRecording> all;
  for (const auto& [number, session] : sessions_)
    if (session.running) all.push_back(described(session));
  return all;
}

std::optional<RunningRecording> Recorder::running(unsigned session) const {
  const std::lock_guard lock(mutex_);
  const auto at = sessions_.find(session);
  if (at == sessions_.end() || !at->second.running) return std::nullopt;
  return described(at->second);
}

// --- The scribe.

Result<void> Recorder::write_along(Shift& shift) {
  while (!shift.over()) {
    PF_TRY_VOID(save_what_is_due());
    shift.opened();
    bell_.wait(running().empty() ? Nanos(std::chrono::hours(1)) : kLookEvery);
  }
  return {};
}

bool Recorder::is_due(const Session& session) const {
  return session.running &&
         (session.over || count_of(*session.trace) - session.running->saved_count >= kPartPictures);
}

// All that are, also when one of them fails; then the first error.
Result<void> Recorder::save_what_is_due() {
  const std::lock_guard turn(turn_);
  std::vector<std::pair<unsigned, Extent>> due;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, session] : sessions_)
      if (is_due(session)) due.emplace_back(number, session.over ? Extent::all : Extent::settled);
  }
  Result<void> outcome;
  for (const auto& [number, extent] : due) {
    const auto saved = save_part(number, extent);
    if (!saved && outcome) outcome = saved;
    const auto now = running(number);
    if (!saved || !now) continue;
    if (extent == Extent::all || now->parts.size() >= kMaxParts) finish(number);
    if (extent == Extent::settled && now->parts.size() >= kMaxParts)
      log::info("recorder", "the recording of session {} has ended: it has {} parts", number,
                kMaxParts);
  }
  return outcome;
}

// A stretch in which nothing was shown makes no part, and is no error. Under turn_.
Result<void> Recorder::save_part(unsigned number, Extent extent) {
  PF_TRY(const Session entry, known(number));
  const SessionTrace& trace = *entry.trace;
  const std::uint64_t count = count_of(trace), unsaved = count - entry.running->saved_count;
  const LocalTime now = clock_.now(), until = extent == Extent::all ? now : now - kSettled;
  const Recording part = record(entry.facts, trace, entry.wire_offset, entry.running->saved_until,
                                extent == Extent::all ? std::nullopt : std::optional(until));
  std::optional<SavedRecording> saved;
  std::optional<Error> error;
  if (!part.rows.empty()) {
    auto written = store_.save(part, wire_now(entry));
    if (written)
      saved = *std::move(written);
    else
      error = written.error();
  }
  const std::lock_guard lock(mutex_);
  const auto at = sessions_.find(number);
  if (at == sessions_.end() || !at->second.running) return {};
  Running& running = *at->second.running;
  running.problem = error ? error->what : std::string();
  if (error) return tl::unexpected(*std::move(error));
  if (saved) running.parts.push_back(*std::move(saved));
  if (unsaved > RowRing<FrameRow>::kMaxRows)
    running.missed += unsaved - RowRing<FrameRow>::kMaxRows;
  running.saved_until = until;
  running.saved_count = count - (extent == Extent::all ? 0 : count_since(trace, until));
  return {};
}

// Keeps the parts for who asks later, and gives them.
std::vector<SavedRecording> Recorder::finish(unsigned number) {
  const std::lock_guard lock(mutex_);
  const auto at = sessions_.find(number);
  if (at == sessions_.end()) return {};
  Session& session = at->second;
  if (session.running) session.parts = std::move(session.running->parts);
  session.running.reset();
  auto parts = session.parts;
  forget_the_oldest();
  return parts;
}

}  // namespace pf::recorder
