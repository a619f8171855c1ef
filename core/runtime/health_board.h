// What is wrong, since when, and what is being done about it: one row for each long-lived worker.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace pf {

enum class Health : std::uint8_t {
  working,
  healing,   // it failed and is being opened again
  given_up,  // it failed in a way that trying again does not mend
};

struct HealthRow {
  std::string worker;
  Health health = Health::working;
  LocalTime since;
  std::string reason;     // of the last failure, empty if there was none
  unsigned reopened = 0;  // times, since the worker started
};

// Any thread.
class HealthBoard {
 public:
  void working(const std::string& worker, LocalTime now);
  void healing(const std::string& worker, const Error& error, LocalTime now);
  void given_up(const std::string& worker, const Error& error, LocalTime now);
  void gone(const std::string& worker);  // it ended as asked
  std::vector<HealthRow> rows() const;

 private:
  void set(const std::string& worker, Health health, const Error* error, LocalTime now);
  mutable std::mutex mutex_;
  std::map<std::string, HealthRow> rows_;
};

}  // namespace pf
