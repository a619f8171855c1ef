// What one connection of the native door has to do with the trust registry: whether its device may
// come in, how long, and the wait for the operator. Control thread only.
// Source: docs/protocol/punktfunk1.md sections 3.2, 6.6, 8.6.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/endpoint.h"
#include "core/control/host_session.h"
#include "core/quic/types.h"
#include "host/trust/trust_registry.h"

namespace pf::native {

class Gatekeeper {
 public:
  struct Visitor {
    Endpoint remote;
    std::optional<quic::Fingerprint> fingerprint;  // none: it showed no certificate
    Nanos wire_offset{0};                          // LocalTime + this = wall clock
  };
  // `open`: whoever comes is let in, with every grant and without an end.
  Gatekeeper(trust::TrustRegistry& trust, bool open, const Visitor& visitor);
  ~Gatekeeper();  // nobody waits at the door any more
  Gatekeeper(const Gatekeeper&) = delete;
  Gatekeeper& operator=(const Gatekeeper&) = delete;

  // What the session machine has to know.
  control::HostSessionParams admission(const control::SessionClock& clock) const;

  // The machine wants the operator's word: the device is listed. A refusal comes at once when the
  // list is full.
  std::optional<control::ApprovalRefused> knock(std::string_view device_name, LocalTime now);
  void on_streaming(LocalTime now);

  // What the registry's changes since the last call mean for the machine; call it in every turn.
  std::optional<control::HostSession::Input> poll();

 private:
  control::AccessTerms terms_of(const trust::Access& access) const;
  std::optional<control::HostSession::Input> answer_to_knock();

  trust::TrustRegistry& trust_;
  const bool open_;
  const Visitor visitor_;
  std::uint64_t seen_changes_;
  std::optional<trust::Access> access_;  // as the machine knows it; none: not paired
  std::optional<trust::KnockId> knock_;
};

}  // namespace pf::native
