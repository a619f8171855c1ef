// Front door 1: the native protocol. One control thread holds the QUIC socket, all connections and
// their session machines; what it decides is carried out by sessions, which have threads of their
// own. Source: docs/protocol/punktfunk1.md sections 2 to 6.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "core/base/endpoint.h"
#include "core/base/rng.h"
#include "core/quic/tls_identity.h"
#include "core/runtime/health_board.h"
#include "host/plan/session_plan.h"
#include "host/session/session.h"

namespace pf::native {

struct DoorParams {
  Endpoint listen;              // UDP, QUIC; port 0: the system chooses
  std::uint16_t data_port = 0;  // UDP, media; 0: the system chooses one for each session
  bool open = false;            // admit clients that are not paired
  std::uint32_t max_clients = 4;
  std::uint32_t max_sessions = 0;  // the door is done after so many; 0: never
  Nanos idle_timeout = seconds(8);
  plan::HostOffer offer;
  display::CaptureWay capture = display::CaptureWay::best;
  pipeline::Backends backends;
};

// A session that is over, with its final figures.
struct SessionReport {
  unsigned number = 0;  // 1, 2, …
  const plan::SessionPlan& plan;
  const session::SessionParts& parts;
  Nanos wire_offset{0};
  Nanos duration{0};  // since the client was let in
};

class NativeDoor {
 public:
  using OnSessionOver = std::function<void(const SessionReport&)>;  // on a thread of the door

  // Binds the socket and starts. `refused` when the port is taken. The references outlive the door.
  static Result<std::unique_ptr<NativeDoor>> open(DoorParams params,
                                                  const quic::TlsIdentity& identity,
                                                  HealthBoard& board, const Clock& clock, Rng& rng,
                                                  OnSessionOver on_session_over);
  // Closes every connection with code 0, ends every session, and waits for both.
  virtual ~NativeDoor() = default;

  virtual Endpoint address() const noexcept = 0;
  // The asked number of sessions is over; `bell` of wait_until_done() ends the wait early.
  virtual bool done() const noexcept = 0;
};

}  // namespace pf::native
