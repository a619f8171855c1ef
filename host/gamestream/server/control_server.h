// The control connections of all GameStream sessions: one ENet socket, and a ControlSession for
// each session (docs/protocol/gamestream.md section 8).
//
// A connection belongs to the session whose connect data it shows, or, for clients that show none,
// whose client's address it comes from. Whoever shows neither is not answered and costs nothing
// beyond the datagram's reading: ENet never hears of him. IPv4 only, as libenet 1.3 is.
//
// No thread of its own: the door's control thread waits for poll_handle() and next_timeout(), calls
// turn(), and then poll() until it is empty.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "host/gamestream/protocol/control_session.h"
#include "host/gamestream/server/launch.h"

namespace pf::gamestream {

struct ControlClient {
  LaunchId launch{};
  Endpoint address;                           // whatever the port
  std::optional<std::uint32_t> connect_data;  // empty: it shows none (StreamRequest)
  ControlSessionParams session;
};

// Its packets take the video's way, so this is what a queue on it adds to.
struct RoundTrip {
  Nanos time{0};  // of one packet; to the millisecond
};

// What a session's client wants. After ControlOver, which comes once, nothing more.
using ControlEvent = std::variant<StreamWanted, KeyframeWanted, InvalidateReferences, FecStatus,
                                  LongTermReferenceAck, InjectInput, ReleaseInput, PadReport,
                                  RoundTrip, ControlOver>;
struct ControlNews {
  LaunchId launch{};
  ControlEvent event;
};

class ControlServer {
 public:
  // As many as a door can have sessions, many times over.
  static constexpr std::size_t kMaxSessions = 64;

  // `listen`: UDP, IPv4; port 0: the system chooses. `refused` when the port is taken.
  static Result<std::unique_ptr<ControlServer>> open(const Endpoint& listen);
  // Connections that are still there vanish without a word: end() them before, and turn a while.
  virtual ~ControlServer() = default;

  virtual Endpoint address() const noexcept = 0;

  // During RTSP's ANNOUNCE, so that the connection finds its session. `exhausted`: kMaxSessions.
  virtual Result<void> add(const ControlClient& client, LocalTime now) = 0;
  // The session is over for other reasons: the client is told why and parted from. ControlOver
  // follows at once; what was sent before still arrives, for up to kFarewell.
  virtual void end(LaunchId launch, TerminationReason reason, LocalTime now) = 0;
  static constexpr Nanos kFarewell = seconds(2);
  // Of a session that is not over; afterwards ControlOver says it.
  virtual input::InputCounts input_counts(LaunchId launch) const = 0;
  // False: its client has parted from us, or it is told nothing more. All others may end.
  virtual bool saying_farewell() const noexcept = 0;

  // To one session's client; nothing happens where there is no such session (any more).
  virtual void set_grants(LaunchId launch, const message::Grants& grants, LocalTime now) = 0;
  virtual void set_hdr(LaunchId launch, const HdrMode& mode, LocalTime now) = 0;
  // Rumble, trigger rumble, motion, lights, trigger effects: the newest of each counts.
  virtual void tell_pad(LaunchId launch, const HostControl& message, LocalTime now) = 0;

  virtual int poll_handle() const noexcept = 0;
  virtual void turn(LocalTime now) = 0;
  virtual std::optional<LocalTime> next_timeout() const = 0;
  virtual std::optional<ControlNews> poll() = 0;

  struct Counts {
    std::uint64_t strangers = 0;  // connections of nobody's session
    std::uint64_t connected = 0;
  };
  virtual const Counts& counts() const noexcept = 0;
};

}  // namespace pf::gamestream
