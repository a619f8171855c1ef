#include "host/doctor/lossy_relay.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

namespace pf::doctor {
namespace {

constexpr std::size_t kMostBytes = 65'536;
// A key frame comes at once; what the kernel does not hold meanwhile is loss that nobody planned.
constexpr int kBufferBytes = 4 << 20;
// Of one socket before the others have their turn.
constexpr unsigned kMostAtOnce = 64;

Result<UniqueFd> open_socket() {
  UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail_os(ErrorKind::refused, errno, "no UDP socket can be had");
  for (const int option : {SO_RCVBUF, SO_SNDBUF})
    setsockopt(socket.get(), SOL_SOCKET, option, &kBufferBytes, sizeof kBufferBytes);
  return socket;
}

}  // namespace

Result<std::unique_ptr<LossyRelay>> LossyRelay::open(const Endpoint& control,
                                                     const Endpoint& media) {
  std::array<Lane, 2> lanes;
  std::size_t at = 0;
  for (const Endpoint& host : {control, media}) {
    Lane& lane = lanes[at++];
    PF_TRY(lane.outside, open_socket());
    PF_TRY(lane.inside, open_socket());
    const Endpoint here = Endpoint::ipv4({127, 0, 0, 2}, host.port());
    if (bind(lane.outside.get(), here.data(), here.size_bytes()) != 0)
      return fail_os(ErrorKind::refused, errno, "cannot listen at " + here.to_string());
    if (connect(lane.inside.get(), host.data(), host.size_bytes()) != 0)
      return fail_os(ErrorKind::refused, errno, "cannot reach " + host.to_string());
  }
  return std::unique_ptr<LossyRelay>(
      new LossyRelay(std::move(lanes), Endpoint::ipv4({127, 0, 0, 2}, control.port())));
}

LossyRelay::LossyRelay(std::array<Lane, 2> lanes, const Endpoint& address)
    : lanes_(std::move(lanes)), address_(address), thread_([this] { work(); }) {}

LossyRelay::~LossyRelay() {
  over_ = true;
  bell_.ring();
  thread_.join();
}

void LossyRelay::work() {
  while (!over_) {
    std::array<pollfd, 5> watched{{{lanes_[0].outside.get(), POLLIN, 0},
                                   {lanes_[0].inside.get(), POLLIN, 0},
                                   {lanes_[1].outside.get(), POLLIN, 0},
                                   {lanes_[1].inside.get(), POLLIN, 0},
                                   {bell_.poll_handle(), POLLIN, 0}}};
    if (poll(watched.data(), watched.size(), -1) <= 0) continue;
    bell_.take();
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      if (watched[2 * i].revents != 0) inwards(lanes_[i]);
      if (watched[2 * i + 1].revents != 0) outwards(lanes_[i]);
    }
  }
}

bool LossyRelay::passes() noexcept {
  const bool passes = rng_.below(1000) >= loss_permille_;
  ++(passes ? passed_ : dropped_);
  return passes;
}

// What cannot be sent is lost: what else is a relay to do? An answer that nobody listens there any
// more is such a loss, too.
void LossyRelay::inwards(Lane& lane) {
  std::array<std::byte, kMostBytes> bytes;
  for (unsigned i = 0; i < kMostAtOnce; ++i) {
    sockaddr_storage from{};
    socklen_t from_bytes = sizeof from;
    const ssize_t count = recvfrom(lane.outside.get(), bytes.data(), bytes.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &from_bytes);
    if (count < 0) return;
    if (const auto client = Endpoint::from_sockaddr(reinterpret_cast<sockaddr*>(&from), from_bytes))
      lane.client = *client;
    if (passes())
      (void)send(lane.inside.get(), bytes.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL);
  }
}

void LossyRelay::outwards(Lane& lane) {
  std::array<std::byte, kMostBytes> bytes;
  for (unsigned i = 0; i < kMostAtOnce; ++i) {
    const ssize_t count = recv(lane.inside.get(), bytes.data(), bytes.size(), 0);
    if (count < 0) return;
    if (!lane.client.empty() && passes()) {
      (void)sendto(lane.outside.get(), bytes.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL,
                   lane.client.data(), lane.client.size_bytes());
    }
  }
}

}  // namespace pf::doctor
