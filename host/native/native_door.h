// Front door 1: the native protocol. One control thread holds the QUIC socket, all connections and
// their session machines; what it decides is carried out by sessions, which have threads of their
// own. Source: docs/protocol/punktfunk1.md sections 2 to 6.
//
//   native_door      the socket, and the turns of everything on the control thread
//   native_client    one connection: its machine, and what is done with what it says
//   gatekeeper       one connection and the trust registry: who may come in
//   native_pairing   one connection that came to pair
//   session_book     every session: admission, status, end
//   planned_session  how one session's workers are started
//   native_outlet    how its pictures leave
//   native_sound     how its sound leaves
#pragma once

#include <memory>
#include <vector>

#include "core/base/endpoint.h"
#include "core/base/rng.h"
#include "core/quic/tls_identity.h"
#include "core/runtime/health_board.h"
#include "host/native/session_book.h"
#include "host/native/session_status.h"
#include "host/plan/session_plan.h"
#include "host/trust/trust_registry.h"

namespace pf::pipeline {
class MicWorker;
}

namespace pf::native {

struct DoorParams {
  Endpoint listen;              // UDP, QUIC; port 0: the system chooses
  std::uint16_t data_port = 0;  // UDP, media; 0: the system chooses one for each session
  bool open = false;            // admit clients that are not paired
  plan::AdmissionRules admission;
  Nanos linger{0};  // how long a desktop waits for its device to come back; 0: not at all
  std::uint32_t max_sessions = 0;  // the door is done after so many; 0: never
  Nanos idle_timeout = seconds(8);
  plan::HostOffer offer;
  display::CaptureWay capture = display::CaptureWay::best;
  pipeline::Backends backends;
  pipeline::MicWorker* microphone = nullptr;  // null: there is none. Outlives the door
};

class NativeDoor {
 public:
  // Binds the socket and starts. `refused` when the port is taken. The references outlive the door;
  // `on_session_over` is called on a thread of the door.
  static Result<std::unique_ptr<NativeDoor>> open(DoorParams params,
                                                  const quic::TlsIdentity& identity,
                                                  trust::TrustRegistry& trust, HealthBoard& board,
                                                  const Clock& clock, Rng& rng,
                                                  OnSessionOver on_session_over);
  // Closes every connection with code 0, ends every session, and waits for both.
  virtual ~NativeDoor() = default;

  virtual Endpoint address() const noexcept = 0;
  // The asked number of sessions is over.
  virtual bool done() const noexcept = 0;

  // Any thread.
  virtual std::vector<SessionStatus> sessions() const = 0;  // in the order of their numbers
  // Ends it with code 0, as an operator wishes, and its desktop with it, also one that lingers;
  // returns before it is over. `refused`: there is none of this number.
  virtual Result<void> end_session(unsigned number) = 0;
};

}  // namespace pf::native
