// libenet's host, tamed: one UDP socket whose connections come out as values.
//
// What it adds to the library: a gate in front of it, so that it only ever hears of connections
// that somebody waits for; bounds on what one peer may keep here; round trips as they are measured,
// not smoothed; and our clock in place of the wall clock, whose steps would end connections. ENet's
// time belongs to the process: all hosts of a process are used on one thread. Wherever `now` is
// asked for, calls go forward in time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/time.h"

struct _ENetHost;  // NOLINT(bugprone-reserved-identifier): the library's
struct _ENetPeer;  // NOLINT(bugprone-reserved-identifier)

namespace pf::gamestream {

class EnetHost {
 public:
  // Half-open connections have places too, until ENet gives them up after some seconds.
  static constexpr std::size_t kMaxPeers = 256;
  // What clients ask for; with fewer they mix up what they would send apart.
  static constexpr std::size_t kChannels = 48;
  // Clients' largest packets have a few hundred bytes.
  static constexpr std::size_t kMaxPacketBytes = 2048;
  static constexpr std::size_t kMaxWaitingBytes = 64 << 10;
  // Without an acknowledgement for so long the peer is gone. Clients think the same of us.
  static constexpr Nanos kTimeout = seconds(10);
  // The way is measured so often, if not more often. A queue on it grows by a few packets
  // meanwhile.
  static constexpr Nanos kPingInterval = milliseconds(50);

  using Peer = std::uint16_t;  // its place here; used again when it is gone

  struct Connected {
    Peer peer = 0;
    Endpoint remote;
    std::uint32_t data = 0;
  };
  struct Received {
    Peer peer = 0;
    MutableBytes packet;  // until the call returns
  };
  struct RoundTripped {
    Peer peer = 0;
    Nanos time{0};
  };
  // Closed by the other end, or silent for kTimeout.
  struct Gone {
    Peer peer = 0;
  };
  using Event = std::variant<Connected, Received, RoundTripped, Gone>;

  // Whether somebody waits for a connection from there with this data. Asked during turn().
  using Expected = std::function<bool(const Endpoint& from, std::uint32_t data)>;

  // `refused` when the port is taken, or `listen` is not IPv4, which is all that libenet 1.3 knows.
  static Result<std::unique_ptr<EnetHost>> open(const Endpoint& listen, Expected expected);
  ~EnetHost();
  EnetHost(const EnetHost&) = delete;
  EnetHost& operator=(const EnetHost&) = delete;

  Endpoint address() const noexcept { return address_; }
  int poll_handle() const noexcept;

  // Receives what is there, up to a bound, sends what is due, and calls `on_event` for what it
  // means. That may call send(), part() and forget().
  void turn(LocalTime now, const std::function<void(Event)>& on_event);
  std::optional<LocalTime> next_timeout() const;

  // Reliably, on channel 0. Leaves with the next turn() or flush().
  void send(Peer peer, Bytes packet);
  void flush(LocalTime now);
  // Closes the connection when everything sent has arrived. Gone follows.
  void part(Peer peer);
  // At once and without a word, nor an event.
  void forget(Peer peer);

 private:
  EnetHost(_ENetHost* host, Expected expected);

  bool lets_through();
  void note_round_trip(Peer peer, std::uint16_t sent_time_ms);
  void set_time(LocalTime now);
  void ping_all(LocalTime now);
  _ENetPeer& peer_at(Peer peer) const;

  _ENetHost* host_;
  const Expected expected_;
  Endpoint address_;
  LocalTime now_;
  std::optional<LocalTime> next_ping_;  // while anybody is connected
  std::vector<RoundTripped> round_trips_;
};

}  // namespace pf::gamestream
