// What goes into a QUIC machine and what comes out of it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/time.h"

namespace pf::quic {

// SHA-256 over the DER bytes of an end's own certificate: what pairing stores and what a client
// pins.
using Fingerprint = std::array<std::byte, 32>;

// A UDP datagram that arrived. Both addresses are needed: QUIC knows its connections by path.
// Borrowed for the call that takes it.
struct ReceivedDatagram {
  Endpoint remote;
  Endpoint local;  // of our socket (getsockname or packet info)
  Bytes bytes;
};

// A UDP datagram to send, from `local` if the socket can choose.
struct Transmit {
  Endpoint remote;
  Endpoint local;
  std::vector<std::byte> bytes;
};

struct TransportConfig {
  // The application protocols in order of preference: one for each wire generation.
  std::vector<std::string> protocols = {"pkf1"};
  Nanos idle_timeout = seconds(8);  // each end's; the shorter one counts
  Nanos handshake_timeout = seconds(10);
};

// The handshake is complete. On a server the client's signature has been verified; a client learns
// only from the first data of the server that its own certificate was taken.
struct Connected {
  Endpoint remote;
  Endpoint local;
  std::string protocol;             // the one of TransportConfig::protocols that both ends have
  std::optional<Fingerprint> peer;  // none: the peer showed no certificate (clients only)
};

struct StreamBytes {  // of the control stream, in order
  std::vector<std::byte> bytes;
};

struct StreamEnded {  // the peer will write no more on the control stream
  bool reset = false;
};

struct DatagramArrived {
  std::vector<std::byte> bytes;
};

// What became of a datagram that was sent with a number other than 0. Either may come, or none: the
// peer's word can get lost, and one given up for lost may be acknowledged after all.
struct DatagramAcknowledged {
  std::uint64_t number = 0;
};
struct DatagramLost {  // also one that never left, because newer ones pushed it out
  std::uint64_t number = 0;
};

enum class CloseCause : std::uint8_t {
  peer,                // closed by the application at the other end, with its code and text
  timed_out,           // nothing was heard for the idle timeout
  no_answer,           // the handshake was never answered
  refused,             // the host has no room for another connection now
  wrong_identity,      // the host's certificate is not the pinned one
  no_common_protocol,  // the ends share no application protocol
  handshake_failed,    // TLS said no for another reason
  protocol_error,      // one end broke the rules of QUIC
};

// The connection is over and its handle void. Comes once, not after close() of one's own.
struct Closed {
  CloseCause cause = CloseCause::peer;
  std::uint64_t code = 0;  // the application's with `peer`, else QUIC's (RFC 9000 section 20)
  std::string reason;      // the peer's words, untrusted
  std::optional<Fingerprint> peer;  // with `wrong_identity`: who answered instead
};

using Event = std::variant<Connected, StreamBytes, StreamEnded, DatagramArrived,
                           DatagramAcknowledged, DatagramLost, Closed>;

// One sentence for a person, for every cause but `peer`, whose code is the application's to
// explain.
std::string sentence(const Closed& closed);

}  // namespace pf::quic
