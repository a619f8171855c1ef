// One run of the helper program: started, watched, and killed when its time is over. Owned by one
// thread, which never waits for it.
//
// Why a program and not a thread: whoever touches a mount that is dead sleeps in the kernel until
// it comes back, and cannot be woken. A thread of the host that did would hold up its end, and with
// it the ports that the next host wants; a process is killed, and where even that waits for the
// mount, left to itself. It is also where broken files may do their worst.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/unique_fd.h"

namespace pf::library {

// Processes that have been killed and are not gone yet.
class Dying {
 public:
  // At the end they are left to themselves: they hold nothing of ours.
  ~Dying() { reap(); }
  void add(pid_t pid) { pids_.push_back(pid); }
  void reap() noexcept;  // never waits
  bool has(pid_t pid) const noexcept;
  bool empty() const noexcept { return pids_.empty(); }

 private:
  std::vector<pid_t> pids_;
};

class HelperJob {
 public:
  // `program` is its path. `refused`: it cannot be started. `dying` outlives the job.
  static Result<HelperJob> start(const std::string& program, std::string_view wish,
                                 LocalTime deadline, Dying& dying);
  HelperJob(HelperJob&& other) noexcept;
  HelperJob& operator=(HelperJob&&) = delete;
  ~HelperJob();  // kills it if it still runs

  pid_t pid() const noexcept { return pid_; }
  LocalTime deadline() const noexcept { return deadline_; }
  // Readable when read() has something to do.
  int fd() const noexcept { return output_.get(); }
  // Takes what it has said. Empty: it is not done. `exhausted`: it says more than anybody wants.
  std::optional<Result<std::string>> read();

 private:
  HelperJob(pid_t pid, UniqueFd output, LocalTime deadline, Dying& dying)
      : pid_(pid), output_(std::move(output)), deadline_(deadline), dying_(dying) {}

  pid_t pid_;  // 0: moved from
  UniqueFd output_;
  LocalTime deadline_;
  Dying& dying_;
  std::string said_;
};

}  // namespace pf::library
