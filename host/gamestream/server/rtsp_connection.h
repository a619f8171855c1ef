// One TCP connection of the RTSP server: collects the bytes of its one request, carries the answer
// out, and closes so that the client reads all of it. Bounded in bytes; whoever owns it bounds its
// time. Nothing blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/time.h"
#include "core/runtime/unique_fd.h"
#include "host/gamestream/protocol/rtsp_message.h"

namespace pf::gamestream {

class RtspConnection {
 public:
  // `socket` is connected and does not block.
  RtspConnection(UniqueFd socket, const Endpoint& peer, LocalTime accepted_at)
      : socket_(std::move(socket)), peer_(peer), accepted_at_(accepted_at) {}

  enum class State : std::uint8_t {
    reading,   // the request, or what may become one
    whole,     // received() is one request; answer() is awaited
    writing,   // the answer
    draining,  // the client has it; its end of the connection is waited for
    closed,
    malformed,  // no request, or too long for one
  };
  State state() const noexcept { return state_; }

  // The socket is readable, writable or broken.
  void turn();
  // In state `whole` only. Sends what the system takes at once.
  void answer(std::vector<std::byte> bytes);

  // Sealed when it begins so: the whole message. Else the text of a request.
  bool sealed() const noexcept;
  MutableBytes received() noexcept { return received_; }

  int fd() const noexcept { return socket_.get(); }
  const Endpoint& peer() const noexcept { return peer_; }
  LocalTime accepted_at() const noexcept { return accepted_at_; }

 private:
  void read();
  void write();
  void drain();
  void judge();

  UniqueFd socket_;
  Endpoint peer_;
  LocalTime accepted_at_;
  State state_ = State::reading;
  std::vector<std::byte> received_;
  std::vector<std::byte> answer_;
  std::size_t written_bytes_ = 0, drained_bytes_ = 0;
};

}  // namespace pf::gamestream
