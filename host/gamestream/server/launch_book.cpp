#include "host/gamestream/server/launch_book.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pf::gamestream {

LaunchId LaunchBook::put(Launch launch, bool app_runs, LocalTime now) {
  launch.id = LaunchId{++last_id_};
  const LaunchId id = launch.id;
  const trust::Fingerprint device = launch.device;
  entries_.insert_or_assign(device, Entry{.launch = std::move(launch),
                                          .state = State::waiting,
                                          .app_runs = app_runs,
                                          .until = now + kPatience});
  return id;
}

Result<LaunchId> LaunchBook::launch(Launch launch, LocalTime now) {
  const auto old = entries_.find(launch.device);
  if (old != entries_.end()) {
    if (old->second.state != State::waiting || old->second.app_runs)
      return fail(ErrorKind::refused, "An app is already running on this host");
    overs_.push_back({.id = old->second.launch.id,
                      .device = launch.device,
                      .why = Over::Why::superseded,
                      .app_stays = false});
  } else if (entries_.size() >= kMaxLaunches) {
    return fail(ErrorKind::exhausted, "Too many streams are about to begin: try again in a minute");
  }
  launch.verb = LaunchVerb::launch;
  return put(std::move(launch), false, now);
}

Result<LaunchId> LaunchBook::resume(Launch launch, LocalTime now) {
  const auto old = entries_.find(launch.device);
  if (old == entries_.end()) return fail(ErrorKind::unavailable, "No running app to resume");
  const bool app_runs = old->second.app_runs || old->second.state == State::streaming;
  if (old->second.state != State::paused) {
    overs_.push_back({.id = old->second.launch.id,
                      .device = launch.device,
                      .why = Over::Why::superseded,
                      .app_stays = app_runs});
  }
  launch.verb = LaunchVerb::resume;
  launch.app = old->second.launch.app;
  return put(std::move(launch), app_runs, now);
}

LaunchBook::Entries::iterator LaunchBook::find_entry(LaunchId id) {
  return std::find_if(entries_.begin(), entries_.end(),
                      [&](const auto& entry) { return entry.second.launch.id == id; });
}

const Launch* LaunchBook::find(LaunchId id) const {
  for (const auto& [device, entry] : entries_) {
    if (entry.launch.id == id) return &entry.launch;
  }
  return nullptr;
}

std::vector<const Launch*> LaunchBook::open() const {
  std::vector<const Launch*> open;
  for (const auto& [device, entry] : entries_) {
    if (entry.state != State::paused) open.push_back(&entry.launch);
  }
  std::sort(open.begin(), open.end(),
            [](const Launch* a, const Launch* b) { return a->id < b->id; });
  return open;
}

void LaunchBook::on_rtsp(LaunchId id, LocalTime now) {
  const auto entry = find_entry(id);
  if (entry != entries_.end() && entry->second.state == State::waiting)
    entry->second.until = now + kPatience;
}

void LaunchBook::on_started(LaunchId id) {
  const auto entry = find_entry(id);
  if (entry == entries_.end() || entry->second.state != State::waiting) return;
  entry->second.state = State::streaming;
  entry->second.app_runs = true;
}

void LaunchBook::on_stream_over(LaunchId id, AppState app) {
  const auto entry = find_entry(id);
  if (entry == entries_.end()) return;
  if (app == AppState::ended) {
    entries_.erase(entry);
  } else {
    entry->second.state = State::paused;
  }
}

void LaunchBook::on_app_over(LaunchId id) { on_stream_over(id, AppState::ended); }

bool LaunchBook::cancel(const trust::Fingerprint& device) {
  const auto entry = entries_.find(device);
  if (entry == entries_.end()) return false;
  overs_.push_back({.id = entry->second.launch.id,
                    .device = device,
                    .why = Over::Why::cancelled,
                    .app_stays = false});
  entries_.erase(entry);
  return true;
}

std::vector<RunningApp> LaunchBook::running() const {
  std::vector<RunningApp> running;
  for (const auto& [device, entry] : entries_)
    running.push_back({device, entry.launch.device_name, entry.launch.app});
  return running;
}

void LaunchBook::handle_timeout(LocalTime now) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto next = std::next(at);
    Entry& entry = at->second;
    if (entry.state == State::waiting && entry.until <= now) {
      overs_.push_back({.id = entry.launch.id,
                        .device = at->first,
                        .why = Over::Why::expired,
                        .app_stays = entry.app_runs});
      if (entry.app_runs) {
        entry.state = State::paused;
      } else {
        entries_.erase(at);
      }
    }
    at = next;
  }
}

std::optional<LocalTime> LaunchBook::next_timeout() const {
  std::optional<LocalTime> next;
  for (const auto& [device, entry] : entries_) {
    if (entry.state == State::waiting) next = std::min(next.value_or(entry.until), entry.until);
  }
  return next;
}

std::optional<LaunchBook::Over> LaunchBook::poll_over() {
  if (overs_.empty()) return std::nullopt;
  const Over first = overs_.front();
  overs_.erase(overs_.begin());
  return first;
}

}  // namespace pf::gamestream
