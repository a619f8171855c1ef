// RTSP for GameStream clients over TCP: takes one request from each connection, finds the launch
// that it is of, answers, and closes (docs/protocol/gamestream.md sections 7.1 to 7.4).
//
// A request belongs to the launch whose key opens it. A plain one belongs to a launch of the
// address it comes from that was not promised encryption: the one whose session it names, and until
// a client knows that, which it does from its first SETUP on, the newest that has not got so far.
// So two old clients behind one address disturb each other only if the second launches in the few
// milliseconds between the launch and the SETUP of the first; nothing that they say before tells
// them apart. Who is of no launch gets no answer.
// Nobody holds anything: a connection has kPatience for its request and its answer, kMaxRtspBytes
// of it are kept, and of those from addresses without a launch only a few are, the oldest going
// first.
//
// No thread of its own: the door's control thread waits for poll_handle() and calls turn().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "host/gamestream/protocol/offer.h"
#include "host/gamestream/protocol/rtsp_session.h"
#include "host/gamestream/server/launch.h"

namespace pf::gamestream {

struct RtspParams {
  Endpoint listen;  // TCP, IPv4: the base port + 21; port 0: the system chooses
  Offer offer;
  MediaPorts ports;  // of the door's sockets, the same for every client
};

// What the server asks its door, during turn(). None of it may call the server back, or block.
struct RtspCallbacks {
  // Those that RTSP may be spoken for, oldest first (LaunchBook::open). Borrowed until this
  // returns to turn(), which keeps what it needs of each.
  std::function<std::vector<const Launch*>()> launches;
  // An authentic request of this launch came: its client is on its way.
  std::function<void(LaunchId)> heard;
  // The client has named its stream. It is ready for the client's packets when this returns: the
  // answer goes out next. An error becomes the answer: `refused` and `malformed` name themselves,
  // everything else is "unavailable".
  std::function<Result<void>(LaunchId, const StreamRequest&)> announce;
  std::function<void(LaunchId)> play;  // once for each launch
};

class RtspServer {
 public:
  // A request takes a round trip.
  static constexpr Nanos kPatience = seconds(5);
  // A client has one connection at a time, or a probe beside it.
  static constexpr std::size_t kMaxConnections = 64;
  static constexpr std::size_t kMaxStrangers = 16;  // of those; they may be probing clients

  // `refused` when the port is taken.
  static Result<std::unique_ptr<RtspServer>> open(RtspParams params, RtspCallbacks callbacks);
  virtual ~RtspServer() = default;

  virtual Endpoint address() const noexcept = 0;
  // Readable when turn() has something to do.
  virtual int poll_handle() const noexcept = 0;
  virtual void turn(LocalTime now) = 0;
  // When turn() is to be called at the latest; empty: when poll_handle() says so.
  virtual std::optional<LocalTime> next_timeout() const = 0;

  struct Counts {
    std::uint64_t accepted = 0;
    std::uint64_t answered = 0;
    std::uint64_t unknown = 0;     // whole requests of nobody's launch, or sealed with another key
    std::uint64_t malformed = 0;   // or too long
    std::uint64_t timed_out = 0;   // not whole, or the answer not taken, within kPatience
    std::uint64_t pushed_out = 0;  // by newer ones
  };
  virtual const Counts& counts() const noexcept = 0;
};

}  // namespace pf::gamestream
