// What a reply, or the stream it became, shares with its connection. Private to the room.
#pragma once

#include <atomic>
#include <memory>

#include "host/http/reply.h"

namespace pf::http {

struct Reply::State {
  std::shared_ptr<ServerCore> core;
  std::weak_ptr<Connection> owner;  // locked on the I/O thread only
  bool http_1_1 = true;
  std::atomic<bool> abandoned{false};
};

struct StreamState {
  ~StreamState();
  void end();

  std::shared_ptr<ServerCore> core;
  std::weak_ptr<Connection> owner;  // locked on the I/O thread only
  bool chunked = true;
  std::atomic<bool> open{true};
  std::atomic<std::size_t> queued_bytes{0};  // written by us, not yet taken by the socket
};

}  // namespace pf::http
