// Which desks there are, who sits at them, and which of them wait for their owner to come back.
//
// Every session claims a desk, from before its display is opened until its connection is over.
// A desk that nobody claims any more lingers for its owner or is given up; given-up desks are
// closed by sweep(), since closing a display takes a second.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/crypto/identity.h"
#include "host/apps/catalogue.h"
#include "host/session/desk.h"

namespace pf::session {

class DeskBook {
 public:
  struct Params {
    Desk::OpenDisplay open_display;
    std::size_t max_waiting = 4;  // desks that wait; of more the one that waits longest goes
    restore::UndoJournal* journal = nullptr;  // as a desk's
  };
  explicit DeskBook(Params params) : params_(std::move(params)) {}

  // Any thread. Counts when the next desk is left.
  void set_max_waiting(std::size_t max_waiting);

  // Who may come back, and to what.
  struct Owner {
    std::optional<crypto::Fingerprint> fingerprint;  // none: nobody can prove that he returns
    apps::AppId app{};                 // that the desk is for: two may have the same command
    std::vector<std::string> command;  // that runs on it
    std::string run_as;
  };
  struct Claim {
    std::shared_ptr<Desk> desk;
    // The session that left it behind, or that still sits at it; empty: the desk is new.
    std::optional<unsigned> before;
  };

  // Any thread.
  // The owner's desk if one waits or is in use by an older session of the same owner, else a new
  // one. `session` is its number from now on.
  Claim claim(const Owner& owner, unsigned session);
  // Beside the session that sits at it; empty: no desk has that number.
  std::shared_ptr<Desk> join(unsigned session);

  // The one that it sits at or has left behind, without a claim; empty: there is none.
  std::shared_ptr<Desk> desk_of(unsigned session) const;

  // Gives one claim up. `linger`, how long the desk is to wait for its owner once nobody sits at
  // it, counts when it is the owner's, who is `session`; 0: he does not return. True: the desk
  // waits from now on.
  bool leave(const std::shared_ptr<Desk>& desk, unsigned session, Nanos linger, LocalTime now);
  // A desk that waits is not to wait any longer. False: none of this number waits.
  bool give_up(unsigned session);
  bool waits(unsigned session) const;

  // Background thread, now and then. Closes desks that were given up, that have waited long enough
  // or that died while they waited; tells their sessions' numbers.
  std::vector<unsigned> sweep(LocalTime now);

 private:
  struct Entry {
    std::shared_ptr<Desk> desk;
    Owner owner;
    unsigned session = 0;  // the owner's newest
    int claims = 1;
    Nanos linger{0};
    std::optional<LocalTime> waits_until;  // without claims; empty: given up
  };
  using Entries = std::list<Entry>;

  void keep_within_bound();

  mutable std::mutex mutex_;
  Params params_;    // under mutex_
  Entries entries_;  // under mutex_
};

}  // namespace pf::session
