#include "host/recorder/recorder.h"

#include <algorithm>
#include <utility>

namespace pf::recorder {

namespace {

// Of what came before, which the cadence is known by.
constexpr Nanos kBefore = seconds(3);

bool desktop_told(const PictureRow& row) {
  return row.drawn != LocalTime{} || row.compositor_late_us > 0;
}

}  // namespace

Recording record(const SessionFacts& facts, const SessionTrace& trace, Nanos wire_offset,
                 std::optional<LocalTime> since, std::optional<LocalTime> until) {
  const LocalTime read_from = since ? *since - kBefore : LocalTime{};
  const auto captured = [&](const auto& row) { return row.captured >= read_from; };
  const auto pictures = trace.pictures().newest(captured);
  const auto frames = trace.frames().newest(captured);
  const auto clients = trace.clients().newest(captured);
  const auto losses =
      trace.losses().newest([&](const LossRow& row) { return row.at >= read_from; });
  Recording recording{
      .session = facts,
      .wire_offset = wire_offset,
      .client_tells = !clients.empty(),
      .desktop_tells = std::any_of(pictures.begin(), pictures.end(), desktop_told),
      .rows = join({.pictures = pictures, .frames = frames, .clients = clients, .losses = losses}),
      .losses = {},
      .hitches = {}};
  // Before the rows are cut to what was asked for.
  recording.hitches = HitchFinder().find(recording.rows);
  const LocalTime from = since.value_or(LocalTime{});
  const LocalTime to = until.value_or(LocalTime(Nanos::max()));
  std::erase_if(recording.rows,
                [&](const TimelineRow& row) { return row.captured < from || row.captured >= to; });
  if (recording.rows.empty()) {
    recording.hitches.clear();
    return recording;
  }
  const FrameId first = recording.rows.front().id, last = recording.rows.back().id;
  std::erase_if(recording.hitches,
                [&](const Hitch& hitch) { return hitch.frame < first || hitch.frame > last; });
  for (const LossRow& loss : losses)
    if (loss.is_rate && loss.at >= recording.rows.front().captured && loss.at < to)
      recording.losses.push_back({.at = loss.at, .loss_ppm = loss.loss_ppm});
  for (const ClientRow& client : clients)
    recording.clock_error_us = std::max(recording.clock_error_us, client.clock_error_us);
  return recording;
}

void Recorder::begin(SessionFacts facts, std::shared_ptr<const SessionTrace> trace,
                     Nanos wire_offset) {
  const std::lock_guard lock(mutex_);
  const unsigned number = facts.number;
  sessions_[number] = {.facts = std::move(facts),
                       .trace = std::move(trace),
                       .wire_offset = wire_offset,
                       .running = std::nullopt,
                       .parts = {}};
}

void Recorder::on_mode(unsigned session, std::string mode) {
  const std::lock_guard lock(mutex_);
  if (const auto at = sessions_.find(session); at != sessions_.end())
    at->second.facts.mode = std::move(mode);
}

void Recorder::end(unsigned session) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = sessions_.find(session); at != sessions_.end()) at->second.over = true;
    forget_the_oldest();
  }
  bell_.ring();
}

// But for those that a recording has not been saved of.
void Recorder::forget_the_oldest() {
  const auto may_go = [](const Session& session) { return session.over && !session.running; };
  auto ended = static_cast<std::size_t>(std::count_if(
      sessions_.begin(), sessions_.end(), [&](const auto& entry) { return may_go(entry.second); }));
  for (auto at = sessions_.begin(); at != sessions_.end() && ended > kMaxEnded;) {
    if (!may_go(at->second)) {
      ++at;
      continue;
    }
    at = sessions_.erase(at);
    --ended;
  }
}

Result<Recorder::Session> Recorder::known(unsigned session) const {
  const std::lock_guard lock(mutex_);
  const auto at = sessions_.find(session);
  if (at == sessions_.end()) return fail(ErrorKind::unavailable, "there is no session {}", session);
  return at->second;
}

Result<unsigned> Recorder::chosen(std::optional<unsigned> session) const {
  if (session) return *session;
  const std::lock_guard lock(mutex_);
  std::optional<unsigned> only;
  for (const auto& [number, entry] : sessions_) {
    if (entry.over) continue;
    if (only) return fail(ErrorKind::malformed, "several sessions run: say which");
    only = number;
  }
  if (!only) return fail(ErrorKind::unavailable, "no session runs: say which to record");
  return *only;
}

Result<Recording> Recorder::look(unsigned session, std::optional<Nanos> length) const {
  PF_TRY(const Session entry, known(session));
  std::optional<LocalTime> since;
  if (length) since = clock_.now() - *length;
  return record(entry.facts, *entry.trace, entry.wire_offset, since);
}

Result<SavedRecording> Recorder::save_since(const Session& session,
                                            std::optional<LocalTime> since) {
  const Recording recording = record(session.facts, *session.trace, session.wire_offset, since);
  if (recording.rows.empty())
    return fail(ErrorKind::unavailable, "session {} has shown nothing in that time",
                session.facts.number);
  return store_.save(recording, wire_now(session));
}

WireTime Recorder::wire_now(const Session& session) const {
  return WireTime(clock_.now().since_epoch() + session.wire_offset);
}

Result<SavedRecording> Recorder::save(std::optional<unsigned> session,
                                      std::optional<Nanos> length) {
  PF_TRY(const unsigned number, chosen(session));
  PF_TRY(const Session entry, known(number));
  std::optional<LocalTime> since;
  if (length && !entry.over) since = clock_.now() - *length;
  // Of a session that is over: before its last picture.
  const std::uint64_t sent = entry.trace->frames().added();
  if (length && entry.over && sent > 0) {
    const auto last = entry.trace->frames().rows(sent - 1);
    if (!last.empty()) since = last.front().captured - *length;
  }
  return save_since(entry, since);
}

std::vector<std::pair<unsigned, std::shared_ptr<const SessionTrace>>> Recorder::traces() const {
  std::lock_guard lock(mutex_);
  std::vector<std::pair<unsigned, std::shared_ptr<const SessionTrace>>> all;
  for (const auto& [number, session] : sessions_) all.emplace_back(number, session.trace);
  return all;
}

}  // namespace pf::recorder
