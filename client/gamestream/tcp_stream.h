// A TCP connection of a client that waits for what it asked: blocking, but never past a deadline.
// One thread.
#pragma once

#include <string>

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/unique_fd.h"

namespace pf::gamestream_client {

class TcpStream {
 public:
  // `clock` outlives it. `refused`: nobody listens there; `timed_out`, `lost`: no way there.
  static Result<TcpStream> connect(const Endpoint& to, const Clock& clock, LocalTime deadline);

  Result<void> write(Bytes bytes, LocalTime deadline);
  // How many came; 0: the other end has closed.
  Result<std::size_t> read(MutableBytes into, LocalTime deadline);
  // All until the other end closes; `exhausted` beyond `max_bytes`.
  Result<std::string> read_all(std::size_t max_bytes, LocalTime deadline);

  enum class Until { readable, writable };
  Result<void> wait(Until until, LocalTime deadline) const;
  int handle() const noexcept { return socket_.get(); }

 private:
  TcpStream(UniqueFd socket, const Clock& clock) : socket_(std::move(socket)), clock_(&clock) {}
  UniqueFd socket_;  // does not block
  const Clock* clock_;
};

}  // namespace pf::gamestream_client
