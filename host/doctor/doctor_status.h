// What a host tells of its doctor: plain data, so that whoever shows it needs nothing of this room.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace pf::doctor {

struct RungStatus {
  std::string name;    // stable
  std::string checks;  // what is so when it is ok
  std::string state;   // finding.h, to_string()
  double took_ms = 0;
  std::string what;  // empty: nothing to say
  std::string fix;   // likewise
};

struct DoctorStatus {
  bool running = false;
  std::string verdict;  // of the last run that ended: ok, warning or failed; or empty
  std::optional<WireTime> started_at;  // of the last run; empty: there was none
  std::vector<RungStatus> rungs;       // the whole ladder, in its order
};

// Any thread.
struct DoctorControl {
  std::function<DoctorStatus()> status;
  // `exhausted` while it runs already.
  std::function<Result<void>()> start;
};

}  // namespace pf::doctor
