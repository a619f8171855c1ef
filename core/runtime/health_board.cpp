#include "core/runtime/health_board.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace pf {

std::string doing(const HealthRow& row, LocalTime now) {
  switch (row.health) {
    case Health::working:
      return "";
    case Health::stuck:
      return "waits for it: a thread cannot be replaced";
    case Health::given_up:
      return "nothing: trying again would not mend it";
    case Health::healing:
      break;
  }
  // Nothing is tried: somebody else has to do something.
  if (!row.next_try && !row.remedy.empty()) return row.remedy;
  const Nanos left = row.next_try ? *row.next_try - now : Nanos(0);
  std::string text =
      left > milliseconds(50)
          ? fmt::format("tries again in {:.1f} s", std::chrono::duration<double>(left).count())
          : std::string("is being opened again");
  if (!row.remedy.empty()) text += ", " + row.remedy;
  return text;
}

Pulse& HealthBoard::enter(const std::string& worker, Nanos patience) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[worker];
  entry.patience = patience;
  return entry.pulse;
}

// Under the lock.
HealthRow& HealthBoard::set(const std::string& worker, Health health, LocalTime now) {
  Entry& entry = entries_[worker];
  HealthRow& row = entry.row;
  if (!std::exchange(entry.shown, true) || row.health != health) row.since = now;
  row.worker = worker;
  row.health = health;
  row.next_try.reset();
  row.remedy.clear();
  return row;
}

void HealthBoard::working(const std::string& worker, LocalTime now) {
  std::lock_guard lock(mutex_);
  set(worker, Health::working, now);
}

void HealthBoard::healing(const std::string& worker, const Error& error, LocalTime now,
                          std::optional<LocalTime> next_try, std::string remedy) {
  std::lock_guard lock(mutex_);
  HealthRow& row = set(worker, Health::healing, now);
  row.reason = error.what;
  row.next_try = next_try;
  row.remedy = std::move(remedy);
  ++row.reopened;
}

void HealthBoard::given_up(const std::string& worker, const Error& error, LocalTime now) {
  std::lock_guard lock(mutex_);
  set(worker, Health::given_up, now).reason = error.what;
}

void HealthBoard::gone(const std::string& worker) {
  std::lock_guard lock(mutex_);
  entries_.erase(worker);
}

std::vector<HealthRow> HealthBoard::rows(LocalTime now) const {
  std::lock_guard lock(mutex_);
  std::vector<HealthRow> rows;
  for (const auto& [name, entry] : entries_) {
    const auto beat = entry.pulse.at();
    const bool stuck = entry.patience > Nanos(0) && beat && now - *beat > entry.patience &&
                       entry.row.health != Health::given_up;
    if (!entry.shown && !stuck) continue;
    rows.push_back(entry.row);
    if (!stuck) continue;
    rows.back().worker = name;
    rows.back().health = Health::stuck;
    rows.back().since = *beat;
    rows.back().reason = fmt::format("it does not come back from: {}", entry.pulse.stage());
  }
  return rows;
}

}  // namespace pf
