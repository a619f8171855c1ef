// A connection to a PipeWire server: the library's event loop on a thread of its own, a context and
// a core proxy.
//
// Nothing here reconnects. When the server goes, check() says `lost`, the bell rings, and whoever
// owns the connection (a supervised worker) destroys what stands on it, then it, and opens another.
// Needs a running server and, for streams to be linked to anything, a session manager
// (wireplumber). PipeWire 0.3.65; its threads stay inside these classes.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"

struct pw_context;
struct pw_core;
struct pw_thread_loop;

namespace pf {
class Doorbell;
}

namespace pf::sound {

struct ServerAddress {
  // The absolute path of the server's socket. Empty: as the environment says (PIPEWIRE_REMOTE,
  // PIPEWIRE_RUNTIME_DIR, XDG_RUNTIME_DIR), which is the user's own server.
  std::string socket_path;
};

// The user's own server as an absolute path, which stays true when the environment does not. Empty:
// no variable says where sockets are.
ServerAddress users_server();

// Whether somebody listens there: cheap enough to ask several times a second. It may still hang.
bool listens(const ServerAddress& address);

// Any thread, but one at a time; opening and closing may take milliseconds.
class Connection {
 public:
  // Waits until the server has answered once. `unavailable` when none runs there, `timed_out` when
  // it says nothing within `patience`. `bell` (may be null, outlives the connection) rings when the
  // connection or something on it changes its state.
  static Result<std::unique_ptr<Connection>> open(const ServerAddress& address, Doorbell* bell,
                                                  Nanos patience = seconds(2));
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `lost`, with the server's reason, once it is gone: for good.
  Result<void> check() const;

  // Waits until the server has done everything that was asked of it so far.
  Result<void> round_trip(Nanos patience = seconds(2));

  // For the other classes of this room.
  pw_core* core() const noexcept;
  pw_thread_loop* loop() const noexcept;
  void ring() const noexcept;

 private:
  struct Insides;
  explicit Connection(std::unique_ptr<Insides> insides) noexcept;
  std::unique_ptr<Insides> insides_;
};

}  // namespace pf::sound
