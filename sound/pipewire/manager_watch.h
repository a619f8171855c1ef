// Whether a session manager runs beside the sound server, and what lets the next one do its work.
//
// Links belong to the session manager and end with it, but the ports of nodes stay. wireplumber
// 0.4.13 sets the ports of every node that it finds and waits until they change, for good: those
// that an earlier manager left behind are already as it wants them, so it links neither them nor,
// since it waits, anybody else. Therefore, as soon as the manager has gone, this gives every audio
// node another kind of port, in which nobody loses anything: no link is left.
//
// Two more things go wrong then: the server, which is asked much at once, may stop listening to
// manager and programs, and the manager may tell programs that there is no device. See BusyRelease
// and ManagerBlindfold, which belong to this.
//
// The connection must not have a Stream besides, see DefaultNodes.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "sound/pipewire/connection.h"

namespace pf::sound {

// One owner, any thread. The connection outlives it; its bell rings when a manager comes or goes.
class ManagerWatch {
 public:
  // `address` is the connection's; it opens another one there.
  static Result<std::unique_ptr<ManagerWatch>> open(Connection& connection,
                                                    const ServerAddress& address);
  ~ManagerWatch();
  ManagerWatch(const ManagerWatch&) = delete;
  ManagerWatch& operator=(const ManagerWatch&) = delete;

  // How many managers have come so far, those that were there already included; and whether the
  // last of them is still there.
  unsigned arrivals() const noexcept;
  bool present() const noexcept;

 private:
  struct Insides;
  explicit ManagerWatch(std::unique_ptr<Insides> insides) noexcept;
  std::unique_ptr<Insides> insides_;
};

}  // namespace pf::sound
