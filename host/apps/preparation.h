// What an application's surroundings need before it starts, and what puts them back after it has
// ended. The undo commands of the steps that went well run exactly once, in the opposite order,
// whatever happens in between: another step fails, the application does, the desktop dies and is
// opened again, the session ends.
//
// With an undo journal also when the host is killed: each step that can be undone is noted before
// it begins, and the next host runs what stands there (preparation_undos). That may be the undo of
// a step that was not finished, or one that had just been run: a kill leaves no better knowledge.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "host/apps/command.h"
#include "host/config/host_config.h"
#include "host/restore/undo_journal.h"

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

  // `journal` outlives it; null: nothing is noted.
  explicit Preparation(Plan plan, restore::UndoJournal* journal = nullptr);
  ~Preparation() { undo(); }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;

  // Blocks until every step is done; does nothing where that is so already. On an error what had
  // been done is undone, and the next call begins anew. `refused` names the step.
  Result<void> make();
  // Blocks. Tells the log what went wrong, and goes on with the next step.
  void undo() noexcept;

 private:
  Result<void> make_step(std::size_t index, Nanos patience);
  Command undo_of(const config::PrepStep& step) const;
  restore::Change change_of(std::size_t index) const;
  void strike(std::size_t index) noexcept;

  const Plan plan_;
  restore::UndoJournal* const journal_;
  const std::string name_;  // in the journal: no other preparation's, of any process
  std::size_t done_ = 0;    // steps that are to be undone
};

// For the journal's left-overs: each command gets one chance, as in undo().
restore::Undos preparation_undos();

// The command that undoes `change`; none if it is no preparation's, or makes no sense.
std::optional<Command> undo_command_of(const restore::Change& change);

}  // namespace pf::apps
