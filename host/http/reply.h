// The answer that is owed to one request. It may be given at once or minutes later, on any thread:
// no thread of the server waits for it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "host/http/message.h"

namespace pf::http {

class Connection;
struct ServerCore;
struct StreamState;

// An answer without an end, such as server-sent events. Any thread; the last copy that goes closes
// it. Nothing here waits for the reader.
class Stream {
 public:
  // False: the reader is gone, or so slow that more than Limits::max_stream_queue_bytes would wait
  // for it, in which case it is dropped.
  bool write(std::string_view bytes);
  bool open() const noexcept;
  void close();

 private:
  friend class Reply;
  explicit Stream(std::shared_ptr<StreamState> state) noexcept : state_(std::move(state)) {}
  // Owned by the writers and by the connection, neither of which knows how long the other lives.
  std::shared_ptr<StreamState> state_;
};

// Moves; answers once. One that goes without an answer says 500, so that nobody waits in vain.
// After the server is gone answers go nowhere.
class Reply {
 public:
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&& other) noexcept;
  ~Reply();

  void send(Response response);

  // Sends the head now (its body is the first write) and leaves the rest to the stream, which ends
  // with the connection. HTTP/1.1 readers get chunks.
  Stream stream(Response head);

  // True once the peer has hung up: the answer would go nowhere.
  bool abandoned() const noexcept;

 private:
  friend class Connection;
  struct State;
  explicit Reply(std::shared_ptr<State> state) noexcept;
  std::shared_ptr<State> state_;  // shared with the connection, which says that the peer is gone
};

// Called on the server's one I/O thread, so it does not wait for anything: what takes long is done
// elsewhere and the Reply given to whoever does it. Handlers that only read may take a const
// Request&.
using Handler = std::function<void(Request&& request, Reply reply)>;

}  // namespace pf::http
