// Front door 2: GameStream, for stock Moonlight clients. One control thread holds the media
// sockets, RTSP, the control connections and all streams; what it decides is carried out by
// sessions, which have threads of their own. The nvhttp server stands before it, on a thread of its
// own, and asks through the LaunchBox. IPv4 only. Source: docs/protocol/gamestream.md.
//
//   gamestream_door     the sockets, and the turns of everything on the control thread
//   streams             launches and streams: what is done about what happens
//   gamestream_session  one client's stream, with video_outlet and audio_outlet
//   stream_plan         what a stream will be
//   media_sockets, ping_book   where media leaves, and where it goes
//   rtsp_server, control_server, launch_book   its neighbours' halves
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/endpoint.h"
#include "core/runtime/health_board.h"
#include "host/gamestream/server/launch_box.h"
#include "host/gamestream/server/stream_plan.h"
#include "host/session/roster.h"
#include "host/trust/trust_registry.h"

namespace pf::gamestream {

struct GameStreamDoorParams {
  // IPv4; its port is the base port, from which the others lie at fixed distances; port 0: the
  // system chooses each of them.
  Endpoint listen;
  Offer offer;          // what clients are told
  StreamOffer streams;  // what streams get
  // What runs for an application and what that needs; without a command a desktop alone. Mode and
  // user are the stream's.
  std::function<display::DisplayRequest(const App&)> display_of;
  pipeline::Backends backends;
};

class GameStreamDoor {
 public:
  // Binds its sockets and starts. `refused` when a port is taken, `malformed` when `listen` is not
  // IPv4. The references outlive the door.
  static Result<std::unique_ptr<GameStreamDoor>> open(GameStreamDoorParams params,
                                                      trust::TrustRegistry& trust,
                                                      session::Roster& roster, HealthBoard& board,
                                                      const Clock& clock);
  // Tells every client that it is over, ends every session, and waits for both.
  virtual ~GameStreamDoor() = default;

  // What streams get that are announced after this has returned. Any thread.
  virtual void set_streams(StreamOffer streams) = 0;
  // For the nvhttp server, which goes before the door does.
  virtual LaunchBox& launches() noexcept = 0;
  virtual std::uint16_t rtsp_port() const noexcept = 0;
};

}  // namespace pf::gamestream
