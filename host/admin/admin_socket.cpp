#include "host/admin/admin_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <list>

#include "core/runtime/files.h"
#include "core/runtime/log.h"
#include "host/admin/requests.h"
#include "host/admin/unix_address.h"

namespace pf::admin {
namespace {

constexpr milliseconds kPollPatience{500};

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// Held for as long as we listen, and let go by the system when the host dies: whoever has the lock
// may replace a socket that was left behind.
Result<UniqueFd> take_lock(const std::string& path) {
  UniqueFd lock(open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return fail_os(ErrorKind::refused, errno, fmt::format("cannot make {}.lock", path));
  if (flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  return fail(ErrorKind::refused,
              "another punktfunk-host of this user is administered through {}: this one cannot be",
              path);
}

Result<UniqueFd> bound_socket(const std::string& path) {
  PF_TRY(const sockaddr_un address, unix_address(path));
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail_os(ErrorKind::lost, errno, "cannot make the administration socket");
  unlink(path.c_str());
  // Before it has a name, so that there is no instant in which others may connect.
  fchmod(socket.get(), 0600);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(socket.get(), kMaxConnections) != 0) {
    return fail_os(ErrorKind::refused, errno,
                   fmt::format("cannot listen for administration at {}", path));
  }
  return socket;
}

bool may_administer(int connection) {
  ucred peer{};
  socklen_t bytes = sizeof peer;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) return false;
  return peer.uid == geteuid() || peer.uid == 0;
}

// One client: what it has said so far, and what it has not taken yet.
class Connection {
 public:
  Connection(UniqueFd fd, LocalTime now) : fd_(std::move(fd)), touched_(now) {}

  int fd() const noexcept { return fd_.get(); }
  // Answers are taken before the next request is read: a client cannot pile them up here.
  short events() const noexcept { return out_.empty() ? POLLIN : POLLOUT; }
  bool over(LocalTime now) const noexcept {
    return (closing_ && out_.empty()) || broken_ || now - touched_ > kConnectionPatience;
  }

  // Its descriptor is ready, or hung up.
  void turn(Administration& administration, LocalTime now) {
    if (out_.empty()) read(now);
    do {
      answer(administration);
      write(now);
    } while (out_.empty() && !broken_ && in_.find('\n') != std::string::npos);
  }
  // The last thing it is told.
  void dismiss(std::string_view code, std::string_view sentence, LocalTime now) {
    out_ = error_line(code, sentence) + "\n";
    closing_ = true;
    write(now);
  }

 private:
  void read(LocalTime now) {
    std::array<char, 4096> chunk;
    const ssize_t count = recv(fd(), chunk.data(), chunk.size(), 0);
    if (count > 0) {
      in_.append(chunk.data(), static_cast<std::size_t>(count));
    } else if (count == 0) {
      closing_ = true;
    } else if (errno != EAGAIN && errno != EINTR) {
      broken_ = true;
    }
    // Bytes alone do not count: a request has to be finished in time.
    if (in_.find('\n') != std::string::npos) touched_ = now;
  }

  void answer(Administration& administration) {
    const std::size_t end = in_.find('\n');
    if (!out_.empty()) return;
    if (end <= kMaxRequestBytes) {  // npos, the end of no line yet, is more
      out_ = answer_line(administration, std::string_view(in_).substr(0, end)) + "\n";
      in_.erase(0, end + 1);
    } else if (in_.size() > kMaxRequestBytes) {
      in_.clear();
      out_ = error_line("bad_argument", fmt::format("a request is one line of at most {} bytes",
                                                    kMaxRequestBytes)) +
             "\n";
      closing_ = true;
    }
  }

  void write(LocalTime now) {
    while (!out_.empty()) {
      const ssize_t count = send(fd(), out_.data(), out_.size(), MSG_NOSIGNAL);
      if (count < 0) {
        if (errno != EAGAIN && errno != EINTR) broken_ = true;
        return;
      }
      out_.erase(0, static_cast<std::size_t>(count));
      touched_ = now;
    }
  }

  UniqueFd fd_;
  LocalTime touched_;  // the last time something was achieved
  std::string in_, out_;
  bool closing_ = false, broken_ = false;
};

}  // namespace

AdminSocket::AdminSocket(std::string path, Administration& administration, HealthBoard& board,
                         const Clock& clock)
    : path_(std::move(path)),
      listener_(listen_at(path_)),
      administration_(administration),
      clock_(clock),
      thread_({"administration", ThreadRole::background}, {}, bell_, board, clock,
              [this](Shift& shift) { return serve(shift); }) {}

Result<AdminSocket::Listener> AdminSocket::listen_at(const std::string& path) {
  PF_TRY_VOID(make_private_folder(folder_of(path)));
  PF_TRY(UniqueFd lock, take_lock(path));
  PF_TRY(UniqueFd socket, bound_socket(path));
  return Listener{std::move(lock), std::move(socket)};
}

Result<void> AdminSocket::serve(Shift& shift) {
  if (!listener_) listener_ = listen_at(path_);
  if (!listener_) return tl::unexpected(listener_.error());
  shift.opened();

  std::list<Connection> connections;
  std::vector<pollfd> waits;
  while (!shift.over()) {
    waits = {{shift.bell().poll_handle(), POLLIN, 0}, {listener_->socket.get(), POLLIN, 0}};
    for (const Connection& connection : connections)
      waits.push_back({connection.fd(), connection.events(), 0});
    poll(waits.data(), waits.size(), static_cast<int>(kPollPatience.count()));
    shift.bell().take();

    const LocalTime now = clock_.now();
    std::size_t index = 2;
    for (Connection& connection : connections) {
      if (waits[index++].revents != 0) connection.turn(administration_, now);
    }
    connections.remove_if([&](const Connection& connection) { return connection.over(now); });
    if (waits[1].revents != 0) {
      UniqueFd fd(accept4(listener_->socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!fd) continue;
      const bool allowed = may_administer(fd.get());
      Connection connection(std::move(fd), now);
      if (!allowed) {
        log::warning("administration", "another user's program tried to administer this host");
        connection.dismiss("refused", "only the host's own user and root may administer it", now);
      } else if (connections.size() >= kMaxConnections) {
        connection.dismiss("exhausted", "too many programs administer this host at once", now);
      } else {
        connections.push_back(std::move(connection));
      }
    }
  }
  unlink(path_.c_str());
  return {};
}

}  // namespace pf::admin
