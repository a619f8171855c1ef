#include "client/gamestream/tcp_stream.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace pf::gamestream_client {
namespace {

ErrorKind kind_of(int os_code) noexcept {
  return os_code == ECONNREFUSED ? ErrorKind::refused : ErrorKind::lost;
}

}  // namespace

Result<TcpStream> TcpStream::connect(const Endpoint& to, const Clock& clock, LocalTime deadline) {
  UniqueFd socket(
      ::socket(to.is_ipv6() ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return fail_os(ErrorKind::exhausted, errno, "cannot make a socket");
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  TcpStream stream(std::move(socket), clock);
  const std::string what = "cannot connect to " + to.to_string();
  if (::connect(stream.handle(), to.data(), to.size_bytes()) != 0) {
    if (errno != EINPROGRESS) return fail_os(kind_of(errno), errno, what);
    PF_TRY_VOID(stream.wait(Until::writable, deadline));
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(stream.handle(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail_os(kind_of(error), error, what);
  }
  return stream;
}

Result<void> TcpStream::wait(Until until, LocalTime deadline) const {
  for (;;) {
    pollfd one{socket_.get(), static_cast<short>(until == Until::readable ? POLLIN : POLLOUT), 0};
    const Nanos left = deadline - clock_->now();
    if (left <= Nanos(0)) return fail(ErrorKind::timed_out, "the host does not answer in time");
    const auto left_ms = std::chrono::ceil<milliseconds>(left).count();
    const int ready = ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left_ms, 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fail_os(ErrorKind::internal, errno, "cannot wait");
  }
}

Result<void> TcpStream::write(Bytes bytes, LocalTime deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      PF_TRY_VOID(wait(Until::writable, deadline));
    } else if (errno != EINTR) {
      return fail_os(ErrorKind::lost, errno, "the host has hung up");
    }
  }
  return {};
}

Result<std::size_t> TcpStream::read(MutableBytes into, LocalTime deadline) {
  for (;;) {
    const ssize_t count = ::recv(socket_.get(), into.data(), into.size(), 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN) {
      PF_TRY_VOID(wait(Until::readable, deadline));
    } else if (errno != EINTR) {
      return fail_os(ErrorKind::lost, errno, "the host has hung up");
    }
  }
}

Result<std::string> TcpStream::read_all(std::size_t max_bytes, LocalTime deadline) {
  std::string all;
  std::array<std::byte, 4096> piece;
  for (;;) {
    PF_TRY(const std::size_t count, read(piece, deadline));
    if (count == 0) return all;
    if (all.size() + count > max_bytes)
      return fail(ErrorKind::exhausted, "the host answers with more than {} bytes", max_bytes);
    all += as_text(Bytes(piece).first(count));
  }
}

}  // namespace pf::gamestream_client
