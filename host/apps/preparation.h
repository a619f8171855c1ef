// What an application's surroundings need before it starts, and what puts them back after it has
// ended. The undo commands of the steps that went well run exactly once, in the opposite order,
// whatever happens in between: another step fails, the application does, the desktop dies and is
// opened again, the session ends.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "host/config/host_config.h"

namespace pf::apps {

// One thread at a time.
class Preparation {
 public:
  // All `run` commands together; the client waits for them, and gives up after ten seconds.
  static constexpr Nanos kRunPatience = seconds(6);
  // Each `undo` command.
  static constexpr Nanos kUndoPatience = seconds(10);

  struct Plan {
    std::vector<config::PrepStep> steps;
    std::string folder;  // where the commands start; empty: as Command has it
    std::string run_as;  // user name; empty: ours
    bool operator==(const Plan&) const = default;
  };

  explicit Preparation(Plan plan) : plan_(std::move(plan)) {}
  ~Preparation() { undo(); }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;

  // Blocks until every step is done; does nothing where that is so already. On an error what had
  // been done is undone, and the next call begins anew. `refused` names the step.
  Result<void> make();
  // Blocks. Tells the log what went wrong, and goes on with the next step.
  void undo() noexcept;

 private:
  const Plan plan_;
  std::size_t done_ = 0;  // steps that are to be undone
};

}  // namespace pf::apps
