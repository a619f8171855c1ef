#include "host/blackbox/blackbox.h"

#include <algorithm>
#include <utility>

#include "core/base/display_mode.h"
#include "core/runtime/log.h"
#include "host/blackbox/clip_cut.h"
#include "host/recorder/perfetto.h"
#include "host/recorder/recorder.h"

namespace pf::blackbox {
namespace {

// Queues have room for ten times as much (session_tap.h).
constexpr Nanos kCollectEvery = milliseconds(100);
// When there is nothing to collect somebody rings.
constexpr Nanos kIdle = seconds(3600);
constexpr Nanos kLookForHitchesEvery = seconds(1);
// Of the trace that is looked at: more than there is between two looks, and reports of clients are
// late by a quarter of a second and the way.
constexpr Nanos kHitchesWithin = seconds(5);
// What follows a hitch is of interest as well.
constexpr Nanos kAfterHitch = seconds(3);
// Clips that wait for the disk. More than a few are of a disk that does not keep up.
constexpr std::size_t kMaxJobs = 16;
// A clip needs a few key frames' distance within the memory, so that what goes is a part of it.
constexpr std::uint64_t kGroupsInMemory = 4;

// Queues are a part of what a session may take.
std::size_t archive_bytes(const Rules& rules) noexcept {
  constexpr std::size_t kQueues = SessionTap::kPictureQueueBytes + SessionTap::kSoundQueueBytes;
  return rules.bytes > kQueues ? rules.bytes - kQueues : 0;
}

std::string title_of(const recorder::SessionFacts& facts) {
  return facts.device.empty() ? fmt::format("session {}", facts.number)
                              : fmt::format("session {}, {}", facts.number, facts.device);
}

// The pictures of a clip, no more.
recorder::Recording trace_of(const recorder::SessionFacts& facts,
                             const recorder::SessionTrace& trace, Nanos wire_offset,
                             const ClipCut& cut) {
  recorder::Recording recording = recorder::record(facts, trace, wire_offset, cut.began_at());
  const LocalTime end = cut.ended_at();
  std::erase_if(recording.rows, [&](const auto& row) { return row.captured > end; });
  std::erase_if(recording.losses, [&](const auto& point) { return point.at > end; });
  const FrameId last = cut.pictures.back().id;
  std::erase_if(recording.hitches, [&](const auto& hitch) { return hitch.frame > last; });
  return recording;
}

}  // namespace

BlackBox::BlackBox(const std::string& state_dir, const Rules& rules, HealthBoard& board,
                   const Clock& clock)
    : clips_(state_dir),
      clock_(clock),
      rules_(rules),
      jobs_(kMaxJobs),
      writer_({"black box clips", ThreadRole::background}, {}, write_bell_, board, clock,
              [this](Shift& shift) { return write(shift); }),
      collector_({"black box", ThreadRole::background}, {}, collect_bell_, board, clock,
                 [this](Shift& shift) { return collect(shift); }) {}

BlackBox::~BlackBox() = default;

void BlackBox::begin(recorder::SessionFacts facts, std::shared_ptr<SessionTap> tap,
                     std::shared_ptr<const recorder::SessionTrace> trace, Nanos wire_offset) {
  const std::lock_guard lock(mutex_);
  const unsigned number = facts.number;
  Box box{.facts = std::move(facts),
          .tap = std::move(tap),
          .trace = std::move(trace),
          .wire_offset = wire_offset,
          .archive = UnitArchive({.span = rules_.span, .bytes = archive_bytes(rules_)})};
  follow(box);
  boxes_.insert_or_assign(number, std::move(box));
  collect_bell_.ring();
}

void BlackBox::end(unsigned session) {
  std::optional<Result<Order>> last;
  {
    const std::lock_guard lock(mutex_);
    const auto at = boxes_.find(session);
    if (at == boxes_.end()) return;
    Box& box = at->second;
    if (rules_.enabled) {
      take_in(box);
      if (rules_.save_on_hitch) look_for_hitch(box, clock_.now());
      if (box.save_due && is_due(box, *box.save_due)) last = order(box, Clip::Why::hitch);
    }
    box.tap->set({});
    boxes_.erase(at);
  }
  if (last) save_by_itself(*last, session);
}

// The session's threads do as the rules say from their next picture on.
void BlackBox::follow(Box& box) const {
  const std::size_t bytes = archive_bytes(rules_);
  box.archive.set_limits({.span = rules_.span, .bytes = bytes});
  if (!box.tap->on()) {  // what an earlier switch has left there
    box.tap->pictures().clear();
    box.tap->sounds().clear();
  }
  box.tap->set({.on = rules_.enabled, .key_frame_every_bytes = bytes / kGroupsInMemory});
  if (rules_.enabled) return;
  box.archive.clear();
  box.save_due.reset();
}

void BlackBox::set_rules(const Rules& rules) {
  const std::lock_guard lock(mutex_);
  if (rules.enabled != rules_.enabled)
    log::info("black box", "{}",
              rules.enabled ? "on: the last seconds of each session are kept"
                            : "off: what was kept is forgotten");
  rules_ = rules;
  for (auto& [number, box] : boxes_) follow(box);
  collect_bell_.ring();
}

Rules BlackBox::rules() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

std::vector<BoxStatus> BlackBox::sessions() const {
  using State = BoxStatus::State;
  const std::lock_guard lock(mutex_);
  std::vector<BoxStatus> all;
  for (const auto& [number, box] : boxes_) {
    State state = State::recording;
    if (!rules_.enabled)
      state = State::off;
    else if (!box.unsupported.empty())
      state = State::unsupported;
    else if (box.archive.empty() || box.archive.waits_for_key())
      state = State::waiting;
    all.push_back({.session = number,
                   .state = state,
                   .reason = rules_.enabled ? box.unsupported : std::string(),
                   .span = box.archive.span(),
                   .bytes = box.archive.memory_bytes(),
                   .frames = box.archive.picture_count(),
                   .cost = box.tap->counts()});
  }
  return all;
}

Result<void> BlackBox::collect(Shift& shift) {
  shift.opened();
  while (!shift.over()) {
    bool busy = false;
    std::vector<std::pair<unsigned, Result<Order>>> hitched;
    {
      const std::lock_guard lock(mutex_);
      const LocalTime now = clock_.now();
      const bool look = rules_.save_on_hitch && now - hitches_looked_at_ >= kLookForHitchesEvery;
      if (look) hitches_looked_at_ = now;
      busy = rules_.enabled && !boxes_.empty();
      for (auto& [number, box] : boxes_) {
        if (!rules_.enabled) break;
        take_in(box);
        if (look) look_for_hitch(box, now);
        if (is_due(box, now)) hitched.emplace_back(number, order(box, Clip::Why::hitch));
      }
    }
    for (const auto& [number, order] : hitched) save_by_itself(order, number);
    shift.bell().wait(busy ? kCollectEvery : kIdle);
  }
  return {};
}

void BlackBox::take_in(Box& box) {
  box.tap->pictures().drain([&](const UnitFacts& facts, Bytes first, Bytes second) {
    if (!facts.epoch) {
      if (box.unsupported.empty()) box.archive.add_picture(facts, first, second);
      return;
    }
    encode::StreamParameters parameters;
    auto* const to = reinterpret_cast<std::byte*>(&parameters);
    std::memcpy(to, first.data(), first.size());
    if (!second.empty()) std::memcpy(to + first.size(), second.data(), second.size());
    box.unsupported = parameters.codec == encode::Codec::h264
                          ? std::string()
                          : "clips are made of H.264 only, and this session has another codec";
    box.archive.begin_epoch(parameters);
  });
  box.tap->sounds().drain([&](const UnitFacts& facts, Bytes first, Bytes second) {
    box.archive.add_sound(facts, first, second);
  });
  if (box.archive.waits_for_key() && box.unsupported.empty()) box.tap->want_key_frame();
}

// The newest hitch that is in no clip yet starts the wait for what follows it.
void BlackBox::look_for_hitch(Box& box, LocalTime now) {
  const auto found =
      recorder::record(box.facts, *box.trace, box.wire_offset, now - kHitchesWithin).hitches;
  for (const recorder::Hitch& hitch : found) {
    if (box.judged && hitch.frame <= *box.judged) continue;
    box.judged = hitch.frame;
    if (box.saved_until && hitch.at <= *box.saved_until) continue;
    if (!box.save_due) box.save_due = now + kAfterHitch;
  }
}

// Those that follow within what is kept are in the next clip, together.
bool BlackBox::is_due(const Box& box, LocalTime now) const {
  return box.save_due && now >= *box.save_due &&
         (!box.saved_until || now - *box.saved_until >= rules_.span);
}

void BlackBox::save_by_itself(const Result<Order>& order, unsigned session) {
  const auto saved = order ? begin_to_save(*order) : tl::unexpected(order.error());
  if (!saved)
    log::warning("black box", "session {} hitched, and was not saved: {}", session,
                 saved.error().what);
}

Result<Clip> BlackBox::save(unsigned session) {
  Result<Order> wanted = fail(ErrorKind::unavailable, "there is no session {}", session);
  {
    const std::lock_guard lock(mutex_);
    const auto at = boxes_.find(session);
    if (at == boxes_.end()) return tl::unexpected(wanted.error());
    if (!rules_.enabled) {
      return fail(ErrorKind::refused,
                  "the black box is off: punktfunk-host config set blackbox.enabled true");
    }
    take_in(at->second);
    wanted = order(at->second, Clip::Why::asked);
  }
  if (!wanted) return tl::unexpected(wanted.error());
  return begin_to_save(*wanted);
}

Result<BlackBox::Order> BlackBox::order(Box& box, Clip::Why why) {
  if (why == Clip::Why::hitch) {
    box.save_due.reset();
    box.saved_until = clock_.now();
  }
  if (!box.unsupported.empty()) return fail(ErrorKind::refused, "{}", box.unsupported);
  if (!box.saving.expired())
    return fail(ErrorKind::exhausted, "session {} is being saved already", box.facts.number);
  if (box.archive.empty())
    return fail(ErrorKind::unavailable, "nothing is kept of session {} yet: try again in a moment",
                box.facts.number);
  Order made{.facts = box.facts,
             .why = why,
             .snapshot = std::make_shared<const Snapshot>(box.archive.snapshot()),
             .sound = box.tap->sound(),
             .trace = box.trace,
             .wire_offset = box.wire_offset};
  box.saving = made.snapshot;
  return made;
}

// The newest first: should the disk be full, it is what is wanted most.
Result<Clip> BlackBox::begin_to_save(const Order& order) {
  const std::size_t cut_count = cut(*order.snapshot).size();
  PF_TRY(Clip newest, begin_job(order, cut_count - 1));
  for (std::size_t i = cut_count - 1; i > 0; --i) {
    if (const auto older = begin_job(order, i - 1); !older)
      log::warning("black box", "what session {} showed in another mode was not saved: {}",
                   order.facts.number, older.error().what);
  }
  return newest;
}

Result<Clip> BlackBox::begin_job(const Order& order, std::size_t index) {
  const ClipCut part = cut(*order.snapshot)[index];
  const auto wire = [&](LocalTime at) { return WireTime(at.since_epoch() + order.wire_offset); };
  Clip clip;
  clip.session = order.facts;
  clip.session.mode = to_string(
      DisplayMode{.size_px = part.parameters.size_px, .refresh = part.parameters.refresh});
  clip.why = order.why;
  clip.began_at_us = wire(part.began_at()).ns() / 1000;
  clip.length_ms =
      std::chrono::duration_cast<milliseconds>(part.ended_at() - part.began_at()).count();
  clip.frames = part.pictures.size();
  clip.sound = !part.sound.empty();
  PF_TRY(auto begun, clips_.begin(std::move(clip), wire(clock_.now()), most_bytes_of(part)));
  const Clip told = begun.clip;
  if (!jobs_.try_push({.clip = std::move(begun), .order = order, .cut = index})) {
    const char* const why_not = "too many clips wait for the disk already: try again";
    clips_.give_up(told, why_not);
    return fail(ErrorKind::exhausted, "{}", why_not);
  }
  write_bell_.ring();
  return told;
}

// What was begun is finished, also at the host's end.
Result<void> BlackBox::write(Shift& shift) {
  shift.opened();
  for (;;) {
    while (auto job = jobs_.try_pop()) {
      const LocalTime began = clock_.now();
      const Clip& clip = job->clip.clip;
      if (const auto written = write(*job)) {
        log::info("black box", "{}: {:.1f} s of session {} saved in {} ms", clip.id,
                  static_cast<double>(clip.length_ms) / 1000, clip.session.number,
                  std::chrono::duration_cast<milliseconds>(clock_.now() - began).count());
      } else {
        log::warning("black box", "{} was not saved: {}", clip.id, written.error().what);
        clips_.give_up(clip, written.error().what);
      }
    }
    if (shift.over()) return {};
    shift.bell().wait(kIdle);
  }
}

Result<void> BlackBox::write(Job& job) {
  const Order& order = job.order;
  const recorder::SessionFacts& facts = job.clip.clip.session;
  const ClipCut part = cut(*order.snapshot)[job.cut];
  PF_TRY_VOID(write_clip(
      part, {.sound = order.sound, .wire_offset = order.wire_offset, .title = title_of(facts)},
      job.clip.video));
  const std::string trace =
      recorder::to_perfetto(trace_of(facts, *order.trace, order.wire_offset, part));
  return clips_.finish(job.clip, trace);
}

}  // namespace pf::blackbox
