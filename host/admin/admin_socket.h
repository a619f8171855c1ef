// The Unix socket through which this machine's operator asks the host (requests.h says what).
//
// One line is one request, one line its answer; a connection may ask many. Only the host's own user
// and root are answered: the socket has mode 0600, and each connection's user is checked besides
// (SO_PEERCRED, unix(7)). Size, number and patience are bounded, since a script may go wrong.
#pragma once

#include <string>

#include "core/runtime/health_board.h"
#include "core/runtime/supervised_thread.h"
#include "core/runtime/unique_fd.h"
#include "host/admin/administration.h"

namespace pf::admin {

// An operator has a shell or two and a status bar; each connection has a buffer of its own.
inline constexpr std::size_t kMaxConnections = 16;
// The longest request names a device and six grants; the rest is room for later ones.
inline constexpr std::size_t kMaxRequestBytes = 16 * 1024;
// Of a connection that neither asks nor takes its answer. Clients that wait for something ask every
// second or oftener.
inline constexpr Nanos kConnectionPatience = seconds(10);

class AdminSocket {
 public:
  // Listens when this returns, and answers from its own thread; it makes the missing folder. Where
  // another host of this user listens already the socket gives up, and the board says so. The
  // references outlive it.
  AdminSocket(std::string path, Administration& administration, HealthBoard& board,
              const Clock& clock);

  const std::string& path() const noexcept { return path_; }

 private:
  struct Listener {
    UniqueFd lock, socket;
  };
  static Result<Listener> listen_at(const std::string& path);
  Result<void> serve(Shift& shift);

  const std::string path_;
  Result<Listener> listener_;
  Administration& administration_;
  const Clock& clock_;
  Doorbell bell_;
  SupervisedThread thread_;  // last: it uses the above
};

}  // namespace pf::admin
