// The doctor of a host that serves: `punktfunk-host doctor --events` as a process of its own, so
// that whatever breaks in it, a driver's crash included, does not break the host, and its memory
// goes when it ends. One at a time.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/doctor/doctor_status.h"

namespace pf::doctor {

class DoctorRun {
 public:
  // A doctor that takes so long is broken itself, and is killed. Four times what it promises.
  static constexpr Nanos kPatience = seconds(80);

  // `options`: of the command line, so that it looks at the settings that this host has.
  explicit DoctorRun(std::vector<std::string> options);
  ~DoctorRun();  // kills the one that runs
  DoctorRun(const DoctorRun&) = delete;
  DoctorRun& operator=(const DoctorRun&) = delete;

  // Any thread. `wall`: what the clock says.
  Result<void> start(WireTime wall);
  DoctorStatus status() const;

 private:
  void follow(int output, pid_t pid);
  void take_line(const std::string& line);
  void end(const std::string& trouble);

  const std::vector<std::string> options_;
  mutable std::mutex mutex_;
  DoctorStatus status_;  // under mutex_
  std::atomic<bool> over_{false};
  std::thread thread_;  // under mutex_ but for joining in the destructor
};

// A line of --events: the rung's new state, or the document at the end (report.h). False: neither.
bool apply_line(const std::string& line, DoctorStatus& status);

// All rungs, waiting.
DoctorStatus no_run();

}  // namespace pf::doctor
