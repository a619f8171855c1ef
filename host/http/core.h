// What the connections of one server share. Private to the room.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <list>
#include <string>

#include "host/http/server.h"

namespace pf::http {

// Owned by the server and by the replies that are still owed: an answer that comes after the server
// is gone finds `closed` set, and an io_context that nobody runs.
struct ServerCore {
  ServerCore(std::string server_name, const Limits& server_limits, Handler server_handler)
      : name(std::move(server_name)), limits(server_limits), handler(std::move(server_handler)) {}

  const std::string name;
  const Limits limits;
  Handler handler;  // I/O thread, and nobody once that has ended
  // I/O thread; the oldest first. Each until it is closed.
  std::list<std::shared_ptr<Connection>> connections;
  bool closing = false;  // I/O thread: no connection begins any more

  std::atomic<bool> closed{false};
  std::atomic<std::size_t> connection_count{0};
  std::atomic<std::uint64_t> accepted{0}, requests{0}, dropped{0};

  boost::asio::io_context io{1};  // one thread runs it
};

// "Sun, 06 Nov 1994 08:49:37 GMT", of now.
std::string date_now();

}  // namespace pf::http
