// A device of ours as the user's default, for as long as this lives.
//
// What was chosen before is written to the undo journal first and chosen again at the end, unless
// somebody has chosen something else meanwhile. When the sound server is gone at the end, the entry
// stays in the journal, and the next lease, the next host or `punktfunk-host undo` takes it from
// there.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "host/restore/undo_journal.h"
#include "sound/pipewire/connection.h"
#include "sound/pipewire/default_nodes.h"

namespace pf::audio::pipewire {

// One owner, any thread. May block up to 4 s where the session manager does not answer.
class DefaultDeviceLease {
 public:
  // `address` is the connection's, and absolute. `journal` may be null where nothing has to be put
  // back because the server ends with the host. Both outlive the lease. `exhausted`: another
  // session has it. `timed_out`: no session manager runs (yet).
  static Result<std::unique_ptr<DefaultDeviceLease>> take(sound::Connection& connection,
                                                          const sound::ServerAddress& address,
                                                          restore::UndoJournal* journal,
                                                          sound::DefaultNode which,
                                                          const std::string& node_name);
  ~DefaultDeviceLease();
  DefaultDeviceLease(const DefaultDeviceLease&) = delete;
  DefaultDeviceLease& operator=(const DefaultDeviceLease&) = delete;

  // `lost` when the session manager or the server has gone: destroy it and take another.
  Result<void> check() const { return nodes_->check(); }

 private:
  DefaultDeviceLease(std::unique_ptr<sound::DefaultNodes> nodes, restore::UndoJournal* journal,
                     sound::DefaultNode which, restore::Change change);

  const std::unique_ptr<sound::DefaultNodes> nodes_;
  restore::UndoJournal* const journal_;
  const sound::DefaultNode which_;
  const restore::Change change_;
};

// How default devices that a dead host has changed are put back. `unavailable` while their server
// does not run.
restore::Undos default_device_undos();

}  // namespace pf::audio::pipewire
