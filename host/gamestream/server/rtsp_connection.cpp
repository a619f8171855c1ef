#include "host/gamestream/server/rtsp_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/base/check.h"

namespace pf::gamestream {
namespace {

constexpr std::size_t kMaxReceivedBytes = kMaxRtspBytes + RtspSeal::kHeaderBytes;
// Of what comes after the request. Nothing should.
constexpr std::size_t kMaxDrainedBytes = 64 << 10;
// One turn of one connection: others have their turn too.
constexpr int kReads = 8;

bool would_block(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

void RtspConnection::turn() {
  if (state_ == State::reading) read();
  if (state_ == State::writing) write();
  if (state_ == State::draining) drain();
}

void RtspConnection::read() {
  std::array<std::byte, 4096> chunk;
  for (int i = 0; i < kReads && state_ == State::reading; ++i) {
    const ssize_t count = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (count < 0 && (would_block(errno) || errno == EINTR)) return;
    if (count <= 0) {
      state_ = State::closed;
      return;
    }
    received_.insert(received_.end(), chunk.begin(), chunk.begin() + count);
    judge();
  }
}

bool RtspConnection::sealed() const noexcept {
  return !received_.empty() && (received_.front() & std::byte{0x80}) != std::byte{0};
}

void RtspConnection::judge() {
  if (received_.size() > kMaxReceivedBytes) {
    state_ = State::malformed;
  } else if (sealed()) {
    if (received_.size() < sizeof(std::uint32_t)) return;
    const auto whole = RtspSeal::sealed_bytes(received_);
    if (!whole || received_.size() > *whole) state_ = State::malformed;
    if (received_.size() == whole) state_ = State::whole;
  } else {
    const auto arrival = parse_rtsp(as_text(received_)).state;
    if (arrival == RtspArrival::State::complete) state_ = State::whole;
    if (arrival == RtspArrival::State::malformed) state_ = State::malformed;
  }
}

void RtspConnection::answer(std::vector<std::byte> bytes) {
  PF_CHECK(state_ == State::whole);
  answer_ = std::move(bytes);
  state_ = State::writing;
  turn();
}

void RtspConnection::write() {
  while (written_bytes_ < answer_.size()) {
    const ssize_t count = ::send(socket_.get(), answer_.data() + written_bytes_,
                                 answer_.size() - written_bytes_, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && would_block(errno)) return;
    if (count < 0) {
      state_ = State::closed;
      return;
    }
    written_bytes_ += static_cast<std::size_t>(count);
  }
  // The client reads until the end of our half. Closing both at once, with a byte of its own still
  // unread, would be a reset, which may overtake the answer.
  ::shutdown(socket_.get(), SHUT_WR);
  state_ = State::draining;
}

void RtspConnection::drain() {
  std::array<std::byte, 4096> chunk;
  for (int i = 0; i < kReads; ++i) {
    const ssize_t count = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (count < 0 && (would_block(errno) || errno == EINTR)) return;
    drained_bytes_ += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    if (count <= 0 || drained_bytes_ > kMaxDrainedBytes) {
      state_ = State::closed;
      return;
    }
  }
}

}  // namespace pf::gamestream
