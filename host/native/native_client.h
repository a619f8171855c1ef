// One connection of the native door: its control stream, its session machine and, once planned, its
// session.
#pragma once

#include <memory>
#include <optional>

#include "core/control/host_session.h"
#include "core/quic/server.h"
#include "core/video/fec_adaptation.h"
#include "core/wire/v1/control_stream.h"
#include "host/native/native_outlet.h"
#include "host/plan/session_plan.h"
#include "host/session/session.h"

namespace pf::native {

// A session that was planned for a client, from PlanWanted to StopMedia. The control thread owns
// it; the reaper ends it.
struct PlannedSession {
  unsigned number = 0;
  plan::SessionPlan plan;
  message::Welcome welcome;
  Nanos wire_offset{0};
  LocalTime planned_at;
  video::FecAdaptation fec{0};
  bool announced = false;          // the machine knows that it is ready
  NativeOutlet* outlet = nullptr;  // the session's own
  std::unique_ptr<session::Session> session;
};

struct NativeClient {
  Endpoint remote;
  Nanos wire_offset{0};
  wire::v1::ControlStream stream{wire::v1::ControlStream::End::host};
  control::HostSession machine;
  std::unique_ptr<PlannedSession> planned;
};

}  // namespace pf::native
