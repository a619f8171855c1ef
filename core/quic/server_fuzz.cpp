// Arbitrary datagrams into a server, from a handful of addresses. It must not crash, and what it
// holds must stay within its bounds.
//
// The input is a row of datagrams, each behind two bytes of length and one byte: the address in its
// low bits, a pause before it in its high ones.
#include <cstdint>
#include <span>

#include "core/base/check.h"
#include "core/quic/world_testing.h"

namespace {

using namespace pf;
using namespace pf::quic;

void drain(QuicServer& server) {
  while (server.poll()) {
  }
  PF_CHECK(server.connection_count() <= QuicServer::kMaxConnections);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TlsIdentity identity = testing::make_identity();
  SeededRng rng(1);
  LocalTime now;
  QuicServer server({}, identity, rng, now);
  const Endpoint local = Endpoint::ipv4({10, 0, 0, 1}, 9777);
  ByteReader in(std::as_bytes(std::span(data, size)));
  while (in.remaining() > 0) {
    const std::size_t length = in.little<std::uint16_t>();
    const std::uint8_t control = in.little<std::uint8_t>();
    const Bytes bytes = in.take(std::min(length, in.remaining()));
    now += milliseconds((control >> 4) * 50);
    const Endpoint remote =
        Endpoint::ipv4({10, 0, 1, 1}, static_cast<std::uint16_t>(5000 + (control & 15)));
    server.handle({remote, local, bytes}, now);
    drain(server);
    if (const auto due = server.next_timeout(); due && *due <= now) server.handle_timeout(now);
    drain(server);
  }
  server.close_all(0, "done", now);
  drain(server);
  for (int i = 0; i < 100 && server.connection_count() > 0; ++i) {
    now += seconds(1);
    server.handle_timeout(now);
    drain(server);
  }
  PF_CHECK(server.connection_count() == 0);
  return 0;
}
