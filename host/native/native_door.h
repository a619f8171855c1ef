// Front door 1: the native protocol. One control thread holds the QUIC socket, all connections and
// their session machines; what it decides is carried out by sessions, which have threads of their
// own. Source: docs/protocol/punktfunk1.md sections 2 to 6.
//
//   native_door      the socket, and the turns of everything on the control thread
//   native_client    one connection: its machine, and what is done with what it says
//   gatekeeper       one connection and the trust registry: who may come in
//   native_pairing   one connection that came to pair
//   session_book     what is planned and started for its clients
//   planned_session  how one session's workers are started
//   native_outlet    how its pictures leave
//   native_sound     how its sound leaves
#pragma once

#include <memory>

#include "core/base/endpoint.h"
#include "core/base/rng.h"
#include "core/quic/tls_identity.h"
#include "core/runtime/health_board.h"
#include "host/apps/catalogue.h"
#include "host/native/session_book.h"
#include "host/plan/session_plan.h"
#include "host/trust/trust_registry.h"

namespace pf::pipeline {
class MicWorker;
}

namespace pf::native {

// What may change while the door is open: it counts for clients that connect from then on.
struct DoorTerms {
  std::uint16_t data_port = 0;  // UDP, media; 0: the system chooses one for each session
  bool open = false;            // admit clients that are not paired
  Nanos idle_timeout = seconds(8);
  bool marks_traffic = true;  // in private networks (core/net/traffic_class.h)
  plan::HostOffer offer;
  apps::Catalogue apps;
  display::CaptureWay capture = display::CaptureWay::best;
};

struct DoorParams {
  Endpoint listen;                 // UDP, QUIC; port 0: the system chooses
  std::uint32_t max_sessions = 0;  // the door is done when so many are over; 0: never
  DoorTerms terms;
  pipeline::Backends backends;
  pipeline::MicWorker* microphone = nullptr;  // null: there is none. Outlives the door
};

class NativeDoor {
 public:
  // Binds the socket and starts. `refused` when the port is taken. The references outlive the door.
  static Result<std::unique_ptr<NativeDoor>> open(DoorParams params,
                                                  const quic::TlsIdentity& identity,
                                                  trust::TrustRegistry& trust,
                                                  session::Roster& roster, HealthBoard& board,
                                                  const Clock& clock, Rng& rng);
  // Closes every connection with code 0, ends every session, and waits for both.
  virtual ~NativeDoor() = default;

  // Any thread; who connects after it has returned gets these.
  virtual void set_terms(DoorTerms terms) = 0;
  virtual Endpoint address() const noexcept = 0;
  // The asked number of sessions is over.
  virtual bool done() const noexcept = 0;
};

}  // namespace pf::native
