#include "core/runtime/health_board.h"

namespace pf {

void HealthBoard::set(const std::string& worker, Health health, const Error* error, LocalTime now) {
  std::lock_guard lock(mutex_);
  HealthRow& row = rows_[worker];
  if (row.worker.empty() || row.health != health) row.since = now;
  row.worker = worker;
  row.health = health;
  if (error != nullptr) row.reason = error->what;
  if (health == Health::healing) ++row.reopened;
}

void HealthBoard::working(const std::string& worker, LocalTime now) {
  set(worker, Health::working, nullptr, now);
}
void HealthBoard::healing(const std::string& worker, const Error& error, LocalTime now) {
  set(worker, Health::healing, &error, now);
}
void HealthBoard::given_up(const std::string& worker, const Error& error, LocalTime now) {
  set(worker, Health::given_up, &error, now);
}

void HealthBoard::gone(const std::string& worker) {
  std::lock_guard lock(mutex_);
  rows_.erase(worker);
}

std::vector<HealthRow> HealthBoard::rows() const {
  std::lock_guard lock(mutex_);
  std::vector<HealthRow> rows;
  for (const auto& [name, row] : rows_) rows.push_back(row);
  return rows;
}

}  // namespace pf
