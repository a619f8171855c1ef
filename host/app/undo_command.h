// `punktfunk-host undo`: puts back what a host that was killed has left changed on this machine.
#pragma once

#include "host/restore/undo_journal.h"

namespace pf::app {

struct UndoCommand {
  bool json = false;
};

// Gives the exit code: kExitDone when nothing is left to undo.
int run_undo(const UndoCommand& command);

// The journal of this user's hosts, with what dead ones left in it.
Result<std::unique_ptr<restore::UndoJournal>> open_undo_journal(const std::string& state_dir);

// At a host's start: undoes what is left, and says so.
void undo_left_overs(restore::UndoJournal& journal);

}  // namespace pf::app
