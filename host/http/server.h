// An asynchronous HTTP/1.1 server, plain and over TLS (1.2 and 1.3): what GameStream's nvhttp and
// the management API have in common.
//
// All sockets of a server, however many, are turned by one thread; a handler answers now or later
// (reply.h). A stranger can cost it a bounded amount and nothing more: each limit below is an
// ordinary event with an ordinary answer. Client certificates are asked for and never refused:
// whoever handles the request looks at request.client_certificate and says 401 in HTTP.
//
// Not done: HTTP/2, compression, following of forwarded-for headers.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/identity.h"
#include "host/http/reply.h"

namespace pf::http {

struct Tls {
  crypto::Identity identity;  // what we show; ECDSA, Ed25519 or RSA
  // Admits SHA-1 signatures and short keys of old client programs (OpenSSL's security level 0).
  // What we offer stays the same: TLS 1.2 or later, forward secret.
  bool old_clients = false;
};

struct Listen {
  Endpoint endpoint;       // port 0: the system chooses
  std::optional<Tls> tls;  // none: plain HTTP
  std::string setting;     // which setting moves the port, for the message that it is taken
};

struct Limits {
  // Two hundred readers of events, as many strangers that never finish their handshake, and those
  // who have something to ask; below the usual 1024 file descriptors of a process. At the limit the
  // connection that has waited longest without ever asking anything goes.
  std::size_t max_connections = 512;
  std::size_t max_header_bytes = 40 * 1024;  // GameStream's pairing puts certificates into targets
  std::size_t max_body_bytes = 1024 * 1024;  // 413 above it, before it is read
  std::size_t max_stream_queue_bytes = 256 * 1024;  // what a reader of events may be behind

  Nanos handshake_patience = seconds(10);
  Nanos header_patience = seconds(10);   // from a header's first byte to its last
  Nanos body_patience = seconds(60);     // from the end of the header
  Nanos idle_patience = seconds(60);     // between two requests
  Nanos answer_patience = seconds(600);  // for the handler; a PIN is typed by a person
  // For the peer to take an answer, and besides a second for every 16 KiB of it.
  Nanos write_patience = seconds(20);
};

struct ServerParams {
  std::string name;  // of the thread and of its log lines: "management"
  std::vector<Listen> listen;
  Limits limits;
};

class Server {
 public:
  // Listens from now on; every door or none. A port that is taken is `refused` with EADDRINUSE and
  // says which setting moves it; a certificate or key that does not parse is `malformed`.
  static Result<Server> open(ServerParams params, Handler handler);

  // Closes every connection; returns when the I/O thread has ended. The handler is not called
  // after.
  ~Server();
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;

  // Where door `index` of params.listen listens, with the port that the system chose.
  Endpoint endpoint(std::size_t index = 0) const;

  // Any thread.
  struct Counters {
    std::size_t connections = 0;  // now
    std::uint64_t accepted = 0, requests = 0;
    std::uint64_t dropped = 0;  // cut off by one of the limits
  };
  Counters counters() const noexcept;

 private:
  struct Running;
  explicit Server(std::unique_ptr<Running> running) noexcept;
  std::unique_ptr<Running> running_;
};

}  // namespace pf::http
