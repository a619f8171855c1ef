// One connection that came to pair: its machine, the registry it asks, and the QUIC connection it
// speaks on. Control thread only. Source: docs/protocol/punktfunk1.md section 8.2.
#pragma once

#include <optional>

#include "core/control/host_pairing.h"
#include "core/quic/server.h"
#include "host/trust/trust_registry.h"

namespace pf::native {

class NativePairing {
 public:
  struct Visitor {
    quic::ConnectionHandle connection{};
    Endpoint remote;
    Nanos wire_offset{0};  // LocalTime + this = wall clock
  };
  // The references outlive the object. `rng` must be unpredictable outside of tests.
  NativePairing(const Visitor& visitor, const control::HostPairingParams& params,
                quic::QuicServer& server, trust::TrustRegistry& trust, Rng& rng, LocalTime now);
  NativePairing(const NativePairing&) = delete;
  NativePairing& operator=(const NativePairing&) = delete;

  void handle(control::HostPairing::Input input, LocalTime now) {
    machine_.handle(std::move(input), now);
  }
  // Lets the machine speak. What it says to the peer waits in the server to be polled.
  void turn(LocalTime now);
  std::optional<LocalTime> next_timeout() const { return machine_.next_timeout(); }
  bool over() const noexcept { return machine_.over(); }

 private:
  void apply(control::SendControl& send, LocalTime now);
  void apply(control::Close& close, LocalTime now);
  void apply(control::PinWanted& wanted, LocalTime now);
  void apply(control::BurnPin& burn, LocalTime now);
  void apply(control::DeviceProven& device, LocalTime now);
  void apply(control::ProofMissing& missing, LocalTime now);
  void apply(control::HostPairingOver& over, LocalTime now);

  const Visitor visitor_;
  const std::optional<trust::Fingerprint> client_;
  quic::QuicServer& server_;
  trust::TrustRegistry& trust_;
  std::optional<trust::ArmedPairing> armed_;  // what the ceremony runs with
  control::HostPairing machine_;
};

}  // namespace pf::native
