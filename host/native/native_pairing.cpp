#include "host/native/native_pairing.h"

#include <utility>
#include <variant>

#include "core/runtime/log.h"
#include "core/wire/v1/control_stream.h"

namespace pf::native {

NativePairing::NativePairing(const Visitor& visitor, const control::HostPairingParams& params,
                             quic::QuicServer& server, trust::TrustRegistry& trust, Rng& rng,
                             LocalTime now)
    : visitor_(visitor),
      client_(params.client),
      server_(server),
      trust_(trust),
      machine_(params, rng, now) {}

void NativePairing::turn(LocalTime now) {
  pf::turn(machine_, now, [&](control::HostPairing::Output output) {
    std::visit([&](auto& what) { apply(what, now); }, output);
  });
}

void NativePairing::apply(control::SendControl& send, LocalTime now) {
  // False: the connection has gone, which the machine hears of by itself.
  (void)server_.write_stream(visitor_.connection, wire::v1::ControlStream::write(send.message),
                             now);
}

void NativePairing::apply(control::Close& close, LocalTime now) {
  server_.close(visitor_.connection, static_cast<std::uint64_t>(close.code), close.text, now);
}

void NativePairing::apply(control::PinWanted&, LocalTime now) {
  auto armed = trust_.begin_pairing(*client_, now);
  if (!armed) {
    machine_.handle(control::PinRefused{armed.error()}, now);
    return;
  }
  armed_ = *std::move(armed);
  machine_.handle(control::PinGiven{crypto::SecretText(armed_->pin)}, now);
}

void NativePairing::apply(control::BurnPin&, LocalTime) { trust_.burn_pin(armed_->id); }

void NativePairing::apply(control::DeviceProven& device, LocalTime now) {
  const trust::Moment moment{now, WireTime(now.since_epoch() + visitor_.wire_offset)};
  const auto saved = trust_.finish_pairing(*armed_, *client_, device.name, moment);
  if (!saved) log::error("native", "a device cannot be paired: {}", saved.error().what);
  machine_.handle(control::DeviceSaved{saved ? std::nullopt : std::optional(saved.error().what)},
                  now);
}

void NativePairing::apply(control::ProofMissing& missing, LocalTime) {
  using Kind = trust::PairingOutcome::Kind;
  trust_.pairing_failed({.arming = armed_->id,
                         .kind = missing.wrong ? Kind::wrong_pin : Kind::abandoned,
                         .fingerprint = *client_,
                         .name = std::move(missing.name)});
}

void NativePairing::apply(control::HostPairingOver& over, LocalTime) {
  log::info("native", "{}, pairing: {}", visitor_.remote.to_string(), over.sentence);
}

}  // namespace pf::native
