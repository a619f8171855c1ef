#include "host/library/library.h"

#include <poll.h>

#include <algorithm>
#include <set>

#include "core/runtime/log.h"
#include "core/runtime/system_clock.h"

namespace pf::library {
namespace {

using State = SourceState::State;

constexpr const char* kWorker = "library";
// A client's list has a few dozen in sight; who asks for more at once is told to come again.
constexpr std::size_t kMaxAsks = 256;
// At once. Each is a process that reads one file and perhaps converts it.
constexpr std::size_t kMaxDrawings = 4;
// Looks whether what was killed has gone.
constexpr Nanos kReapEvery = milliseconds(100);

WireTime wall_now(const Clock& clock) {
  return WireTime(clock.now().since_epoch() + wire_offset_now());
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

const char* to_string(State state) noexcept {
  switch (state) {
    case State::off:
      return "off";
    case State::scanning:
      return "scanning";
    case State::ready:
      return "ready";
    case State::absent:
      return "absent";
    case State::not_answering:
      return "not_answering";
    case State::failed:
      return "failed";
  }
  return "failed";
}

const Entry* Shelf::find(std::string_view id) const noexcept {
  for (const Entry& entry : entries)
    if (entry.id == id) return &entry;
  return nullptr;
}

bool Shelf::complete() const noexcept {
  return !scanning && std::none_of(sources.begin(), sources.end(), [](const SourceState& source) {
    return source.state == State::scanning;
  });
}

Library::Library(Params params, LibraryRules rules, OnChange on_change, HealthBoard& board,
                 const Clock& clock)
    : params_(std::move(params)),
      on_change_(std::move(on_change)),
      clock_(clock),
      rules_(std::move(rules)) {
  for (const SourceName& name : kSources) {
    Source source;
    source.state.name = name.name;
    source.state.title = name.title;
    if (has(rules_.sources, name.name)) source.state.state = State::scanning;
    sources_.push_back(std::move(source));
  }
  publish(false);
  thread_.emplace(ThreadSpec{.name = kWorker, .role = ThreadRole::background}, BackoffPolicy{},
                  bell_, board, clock, [this](Shift& shift) { return work(shift); });
}

Library::~Library() = default;

std::shared_ptr<const Shelf> Library::now() const {
  std::lock_guard lock(mutex_);
  return shelf_;
}

void Library::set_rules(LibraryRules rules) {
  {
    std::lock_guard lock(mutex_);
    new_rules_ = std::move(rules);
  }
  bell_.ring();
}

void Library::scan() { scan_if_older(Nanos(0)); }

void Library::scan_if_older(Nanos age) {
  {
    std::lock_guard lock(mutex_);
    const LocalTime now = clock_.now();
    if (asked_at_ && now - *asked_at_ < age) return;
    asked_at_ = now;
    scan_asked_ = true;
  }
  bell_.ring();
}

void Library::ask_art(ArtAsk ask) {
  {
    std::unique_lock lock(mutex_);
    if (asks_.size() >= kMaxAsks) {
      lock.unlock();
      return ask.answer(fail(ErrorKind::exhausted, "too many pictures are asked for"));
    }
    asks_.push_back(std::move(ask));
  }
  bell_.ring();
}

Result<void> Library::work(Shift& shift) {
  shift.opened();
  while (!shift.over()) {
    take_orders();
    dying_.reap();
    begin_scans();
    begin_art();
    wait(shift);
    look_at_scans();
    look_at_art();
  }
  return {};
}

void Library::take_orders() {
  std::optional<LibraryRules> rules;
  bool scan = false;
  {
    std::lock_guard lock(mutex_);
    rules.swap(new_rules_);
    std::swap(scan, scan_asked_);
    for (ArtAsk& ask : asks_) waiting_.push_back(std::move(ask));
    asks_.clear();
  }
  if (rules) {
    const bool anew = rules->user != rules_.user;
    for (Source& source : sources_) {
      const bool was = has(rules_.sources, source.state.name);
      const bool is = has(rules->sources, source.state.name);
      const bool changed = anew || was != is ||
                           (source.state.name == "custom" && rules->custom != rules_.custom) ||
                           (source.state.name == "desktop" &&
                            rules->all_desktop_entries != rules_.all_desktop_entries);
      source.wanted |= changed && scanned_;
    }
    rules_ = *std::move(rules);
  }
  if (!scan) return;
  scanned_ = true;
  for (Source& source : sources_) source.wanted = true;
}

bool Library::is_stuck(Source& source) {
  if (source.stuck != 0 && !dying_.has(source.stuck)) source.stuck = 0;
  return source.stuck != 0;
}

void Library::begin_scans() {
  bool touched = false, changed = false;
  for (Source& source : sources_) {
    if (!source.wanted || source.scanning) continue;
    source.wanted = false;
    touched = true;
    if (!has(rules_.sources, source.state.name)) {
      changed |= !source.entries.empty();
      switch_off(source);
    } else if (!is_stuck(source)) {  // else another process would only wait beside the first
      begin_scan(source);
    }
  }
  if (touched) publish(changed);
}

void Library::switch_off(Source& source) {
  SourceState off;
  off.name = source.state.name;
  off.title = source.state.title;
  source.state = std::move(off);
  source.entries.clear();
}

void Library::begin_scan(Source& source) {
  const LocalTime now = clock_.now();
  ScanWish wish{.source = source.state.name,
                .query = {.places = params_.places,
                          .all_desktop_entries = rules_.all_desktop_entries,
                          .custom = rules_.custom}};
  auto job = HelperJob::start(params_.helper, write_wish({rules_.user, std::move(wish)}),
                              now + params_.scan_patience, dying_);
  if (!job) return conclude(source, tl::unexpected(job.error()));
  if (source.state.state == State::off) source.state.state = State::scanning;
  source.scanning.emplace(Scanning{*std::move(job), now});
}

void Library::begin_art() {
  std::vector<ArtAsk> left;
  for (ArtAsk& ask : waiting_)
    if (!begin_art(ask)) left.push_back(std::move(ask));
  waiting_ = std::move(left);
}

// False: it has to wait for its turn.
bool Library::begin_art(ArtAsk& ask) {
  const auto shelf = now();
  const Entry* const entry = shelf->find(ask.entry);
  if (entry == nullptr || !entry->picture(ask.kind)) {
    ask.answer(fail(ErrorKind::unavailable, "there is no such picture"));
    return true;
  }
  const Art& art = *entry->picture(ask.kind);
  const ArtKey key{art.path, art.tag, ask.as_png && art.format != ImageFormat::png};
  if (auto kept = cache_.find(key)) {
    ask.answer(std::move(kept));
    return true;
  }
  for (Drawing& drawing : drawings_) {
    if (drawing.key != key) continue;
    drawing.answers.push_back(std::move(ask.answer));
    return true;
  }
  const auto source = std::find_if(sources_.begin(), sources_.end(), [&](const Source& one) {
    return one.state.name == entry->source;
  });
  const LocalTime begin = clock_.now();
  if (source == sources_.end() || is_stuck(*source) ||
      (source->no_art_until && begin < *source->no_art_until)) {
    ask.answer(fail(ErrorKind::timed_out, "the files of {} do not answer",
                    source == sources_.end() ? entry->source : source->state.title));
    return true;
  }
  if (drawings_.size() >= kMaxDrawings) return false;
  auto job =
      HelperJob::start(params_.helper, write_wish({rules_.user, ArtWish{key.path, key.as_png}}),
                       begin + params_.art_patience, dying_);
  if (!job) {
    ask.answer(tl::unexpected(job.error()));
    return true;
  }
  drawings_.push_back(Drawing{*std::move(job), entry->source, key, {std::move(ask.answer)}});
  return true;
}

void Library::wait(Shift& shift) {
  std::vector<pollfd> all{{shift.bell().poll_handle(), POLLIN, 0}};
  std::optional<LocalTime> until;
  const auto add = [&](const HelperJob& job) {
    all.push_back({job.fd(), POLLIN, 0});
    until = until ? std::min(*until, job.deadline()) : job.deadline();
  };
  for (const Source& source : sources_)
    if (source.scanning) add(source.scanning->job);
  for (const Drawing& drawing : drawings_) add(drawing.job);
  if (const LocalTime soon = clock_.now() + kReapEvery; !dying_.empty())
    until = std::min(until.value_or(soon), soon);
  timespec patience{};
  if (until) {
    const auto ns = std::max(*until - clock_.now(), Nanos(0)).count();
    patience = {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
  }
  ppoll(all.data(), all.size(), until ? &patience : nullptr, nullptr);
  shift.bell().take();
}

void Library::look_at_scans() {
  for (Source& source : sources_) {
    if (!source.scanning) continue;
    if (auto said = source.scanning->job.read()) {
      conclude(source, *said ? parse_found(**said) : tl::unexpected(said->error()));
    } else if (clock_.now() >= source.scanning->job.deadline()) {
      give_up(source);
    }
  }
}

void Library::conclude(Source& source, const Result<Found>& found) {
  SourceState& state = source.state;
  if (source.scanning) state.took = clock_.now() - source.scanning->began;
  state.scanned_at = wall_now(clock_);
  state.problem.clear();
  state.notes.clear();
  source.scanning.reset();
  source.no_art_until.reset();
  std::vector<Entry> entries;
  if (found) {
    state.state = State::ready;
    state.notes = found->notes;
    entries = found->entries;
  } else if (found.error().kind == ErrorKind::unavailable) {
    state.state = State::absent;
  } else {
    if (state.state != State::failed)
      log::warning(kWorker, "{} cannot be read: {}", state.title, found.error().what);
    state.state = State::failed;
    state.problem = found.error().what;
    entries = source.entries;  // what it had
  }
  const bool changed = entries != source.entries;
  source.entries = std::move(entries);
  publish(changed);
}

void Library::give_up(Source& source) {
  SourceState& state = source.state;
  const pid_t pid = source.scanning->job.pid();
  state.took = clock_.now() - source.scanning->began;
  source.scanning.reset();
  if (dying_.has(pid)) source.stuck = pid;
  source.no_art_until = clock_.now() + params_.art_pause;
  state.problem = fmt::format(
      "its files have not answered for {:.0f} s: look whether a disk or a network share of it is "
      "gone",
      std::chrono::duration<double>(state.took).count());
  if (state.state != State::not_answering)
    log::warning(kWorker, "{}: {}", state.title, state.problem);
  state.state = State::not_answering;
  publish(false);
}

void Library::look_at_art() {
  for (auto at = drawings_.begin(); at != drawings_.end();) {
    auto said = at->job.read();
    const bool late = !said && clock_.now() >= at->job.deadline();
    if (!said && !late) {
      ++at;
      continue;
    }
    Result<std::shared_ptr<const Picture>> told =
        fail(ErrorKind::timed_out, "the files of {} do not answer", at->source);
    if (said) {
      auto picture = *said ? parse_picture(**said) : tl::unexpected(said->error());
      if (picture) {
        auto kept = std::make_shared<const Picture>(*std::move(picture));
        cache_.put(at->key, kept);
        told = std::move(kept);
      } else {
        told = tl::unexpected(picture.error());
      }
    } else {
      for (Source& source : sources_)
        if (source.state.name == at->source) source.no_art_until = clock_.now() + params_.art_pause;
    }
    for (const Answer& answer : at->answers) answer(told);
    at = drawings_.erase(at);
  }
}

// `changed`: other entries than before.
void Library::publish(bool changed) {
  auto next = std::make_shared<Shelf>();
  std::set<std::string, std::less<>> ids;
  for (const Source& source : sources_)
    for (const Entry& entry : source.entries) ids.insert(entry.id);
  for (Source& source : sources_) {
    source.state.entry_count = 0;
    for (const Entry& entry : source.entries) {
      if (!entry.stands_for.empty() && ids.contains(entry.stands_for)) continue;
      next->entries.push_back(entry);
      ++source.state.entry_count;
    }
    next->sources.push_back(source.state);
    next->scanning |= source.scanning.has_value();
  }
  std::stable_sort(next->entries.begin(), next->entries.end(),
                   [](const Entry& a, const Entry& b) { return a.title < b.title; });
  {
    std::lock_guard lock(mutex_);
    shelf_ = std::move(next);
  }
  if (changed && on_change_) on_change_();
}

}  // namespace pf::library
