#include "host/trust/pairing_window.h"

#include <fmt/format.h>

namespace pf::trust {

using message::CloseCode;

const ArmedPairing& PairingWindow::arm(const ArmRequest& request, Rng& rng, LocalTime now) {
  armed_ = ArmedPairing{.id = ArmingId{++last_id_},
                        .pin = fmt::format("{:04}", rng.below(10'000)),
                        .until = std::nullopt,
                        .only = request.only,
                        .access = request.access};
  if (request.lifetime) armed_->until = now + *request.lifetime;
  return *armed_;
}

const ArmedPairing* PairingWindow::armed(LocalTime now) const noexcept {
  if (!armed_ || (armed_->until && *armed_->until <= now)) return nullptr;
  return &*armed_;
}

// The cool-down is charged before anything else is looked at, so that probing whether pairing is
// armed is as slow as guessing. A refused attempt does not prolong it: a stranger who knocks all
// day must not lock the owner out for ever.
tl::expected<ArmedPairing, CloseCode> PairingWindow::attempt(const Fingerprint& device,
                                                             LocalTime now) {
  if (last_attempt_ && now - *last_attempt_ < kCoolDown) {
    return tl::unexpected(CloseCode::pairing_rate_limited);
  }
  last_attempt_ = now;
  const ArmedPairing* window = armed(now);
  if (window == nullptr) return tl::unexpected(CloseCode::pairing_not_armed);
  if (window->only && *window->only != device) {
    return tl::unexpected(CloseCode::pairing_other_device);
  }
  return *window;
}

void PairingWindow::burn(ArmingId id) noexcept {
  if (armed_ && armed_->id == id) armed_.reset();
}

}  // namespace pf::trust
