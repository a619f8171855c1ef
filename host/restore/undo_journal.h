// What the host has changed on this machine, so that it can be put back whatever happens to the
// host.
//
// The order is: note (it is on the disk when that returns), change the machine, …, change it back,
// strike out. A process that is killed at any instant leaves an entry behind, and the next host, or
// `punktfunk-host undo`, puts it back. Undoing therefore has to look first whether the setting is
// still ours: it may never have been changed, or somebody has chosen something else since.
//
// A folder with one file for each process, PID.json, 0600, replaced as a whole. Its owner holds a
// lock on PID.lock, which the kernel lets go when the process dies, however it dies: a file whose
// lock can be had is an orphan, and whoever opens the journal next adopts its entries.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/runtime/unique_fd.h"
#include "host/restore/change.h"

namespace pf::restore {

// Puts one change back if it is still in force.
struct Undo {
  std::function<Result<void>(const Change&)> put_back;
  enum class OnFailure : std::uint8_t {
    keep,    // it stays in the journal, to be tried again
    forget,  // trying again is no use: a command that ended with an error would do so for ever
  } on_failure = OnFailure::keep;
};
using Undos = std::map<std::string, Undo>;  // by Change::setting

struct UndoOutcome {
  Change change;
  std::optional<Error> error;  // none: it is as it was
};

// Any thread.
class UndoJournal {
 public:
  // Makes the folder if need be and adopts what dead processes left: those are left-overs.
  static Result<std::unique_ptr<UndoJournal>> open(const std::string& folder);
  // What is still noted stays on the disk for whoever comes next.
  ~UndoJournal();
  UndoJournal(const UndoJournal&) = delete;
  UndoJournal& operator=(const UndoJournal&) = delete;

  // Before the change is made; on an error it must not be made. A left-over of the same subject is
  // taken over, with what was there before *it*: then `change.before` counts for nothing.
  // `exhausted` while the subject is in use (changed by us already, or just being put back) and
  // when the journal is full; `refused` when a text is longer than kMaxChangeTextBytes.
  Result<void> note(const Change& change);

  // It was put back; after an error here it will merely be looked at once more.
  Result<void> strike(const Change& change);

  // It could not be put back: a left-over from now on.
  void leave(const Change& change);

  // What stands there for `subject`, with the true `before`; none if nothing does.
  std::optional<Change> find(const Change& subject) const;

  // Entries that nobody uses, the newest first, since later changes may rest on earlier ones. Those
  // without an undo of their own stay, and are reported so.
  std::vector<UndoOutcome> undo_left_overs(const Undos& undos);
  bool has_left_overs() const;

  // Processes that are alive and have changed something: they will put it back themselves.
  std::vector<std::string> busy_owners() const;

 private:
  struct Entry {
    Change change;
    bool in_use = false;
  };

  UndoJournal(std::string folder, std::string name, UniqueFd lock) noexcept;
  Result<void> adopt_orphans();
  Result<void> adopt(const std::string& name);
  Result<void> write_locked() const;
  std::vector<Entry>::iterator find_locked(const Change& subject);
  std::optional<Change> claim_left_over(std::size_t& end);

  const std::string folder_;
  const std::string name_;  // of our files, without ending
  UniqueFd lock_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace pf::restore
