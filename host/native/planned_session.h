// A session that was planned for a client, and how its workers are started.
#pragma once

#include <memory>
#include <optional>

#include "core/base/rng.h"
#include "core/input/input_gate.h"
#include "core/message/handshake.h"
#include "core/net/udp_port.h"
#include "core/runtime/health_board.h"
#include "core/video/fec_adaptation.h"
#include "host/apps/catalogue.h"
#include "host/native/native_outlet.h"
#include "host/native/native_sound.h"
#include "host/native/session_news.h"
#include "host/plan/session_plan.h"
#include "host/session/desk.h"
#include "host/session/session.h"

namespace pf::native {

// From PlanWanted on the connection that asked for it owns it, on the control thread; when that is
// over, the reaper, which ends it.
struct PlannedSession {
  unsigned number = 0;
  plan::SessionPlan plan;
  std::optional<apps::App> app;  // that was asked for
  message::Welcome welcome;
  Nanos wire_offset{0};
  LocalTime planned_at;
  video::FecAdaptation fec{0};
  input::InputCounts input;        // of the machine, once it has stopped the media
  bool announced = false;          // the machine knows that it is ready
  NativeOutlet* outlet = nullptr;  // the session's own
  NativeSound* sound = nullptr;    // likewise; none: no sound
  std::shared_ptr<session::Desk> desk;
  session::Desk::Use use = session::Desk::Use::own;
  std::unique_ptr<session::Session> session;
};

// The Welcome that answers `plan`, with fresh keys. Its colours are not known yet.
message::Welcome welcome_for(const plan::SessionPlan& plan, std::uint16_t media_port, Rng& rng);

// Starts the workers of `planned`, whose other members are filled; that they work is news, later.
// All references outlive the session. Of the backends, the desk takes the place of the display's.
void start_workers(PlannedSession& planned, std::unique_ptr<net::UdpPort> media_port,
                   display::CaptureWay capture, pipeline::Backends backends, NewsBox& news,
                   HealthBoard& board, const Clock& clock);

}  // namespace pf::native
