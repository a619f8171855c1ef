// A virtual display that sessions share and come back to.
//
// What a client leaves behind is its screen and the programs on it, not its encoder: so the display
// outlives the session that opened it, a returning client captures the same one again, and a client
// that joins another captures it at the same time. Each session holds a lease, which is a
// VirtualDisplay like any other; the display ends with the desk.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "host/apps/preparation.h"
#include "host/display/display.h"

namespace pf::session {

class Desk : public std::enable_shared_from_this<Desk> {
 public:
  using OpenDisplay = std::function<Result<std::unique_ptr<display::VirtualDisplay>>(
      const display::DisplayRequest&)>;
  enum class Use : std::uint8_t {
    own,   // the screen gets the mode that is asked for
    join,  // it keeps the mode of whoever was there first
  };

  // `journal` is where preparations are noted, and outlives the desk; null: nowhere.
  explicit Desk(OpenDisplay open_display, restore::UndoJournal* journal = nullptr) noexcept
      : open_display_(std::move(open_display)), journal_(journal) {}

  // Any thread; takes as long as the display takes to open, which happens on first use and when it
  // has died, the first time with what its request wants to be prepared; also when it wants it anew
  // and nobody else has a lease, whose programs that would end. The lease keeps the desk alive. A
  // display that refuses the mode keeps its own: the lease's mode() tells.
  Result<std::unique_ptr<display::VirtualDisplay>> lease(const display::DisplayRequest& request,
                                                         Use use);

  // Any thread; waits while somebody opens the display. Where input into it goes; `lost`: it is not
  // open, or dead.
  Result<display::InputTarget> input_target();

  // Any thread; waits likewise. For who looks at it now and then beside its sessions, and holds no
  // lease: whether the display is opened, or opened anew, does not depend on him. `lost`: as above.
  Result<display::CaptureTarget> capture_target();

  // Any thread, at once. Whether there is a display which works and whose command, if any, still
  // runs; while somebody is opening one there is.
  bool alive();

 private:
  class Lease;

  const OpenDisplay open_display_;
  restore::UndoJournal* const journal_;
  // A display takes calls from one thread at a time; they are short but for opening. Held over
  // them, since keeping them apart is what it is for.
  std::mutex mutex_;
  std::optional<apps::Preparation> preparation_;  // under mutex_; undone after display_ has gone
  std::unique_ptr<display::VirtualDisplay>
      display_;     // under mutex_; empty: not opened yet, or dead
  int leases_ = 0;  // under mutex_
};

}  // namespace pf::session
