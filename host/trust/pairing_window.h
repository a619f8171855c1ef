// When a stranger may try a PIN: only while the operator has armed pairing, once per PIN, and not
// more often than every two seconds whatever happens. A four-digit PIN is safe with that: SPAKE2
// allows one guess per ceremony, so an attacker succeeds once in 10 000 armings.
//
// Pure: time and randomness are arguments. Owned by TrustRegistry.
// Source: docs/protocol/punktfunk1.md section 8.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/message/close_code.h"
#include "host/trust/device.h"

namespace pf::trust {

// One arming; numbers are not used again while the host runs.
enum class ArmingId : std::uint64_t {};

struct ArmRequest {
  std::optional<Nanos> lifetime;    // none: until used or disarmed
  std::optional<Fingerprint> only;  // this device and no other; none: whoever knows the PIN
  Access access;                    // what the device will be given
};

struct ArmedPairing {
  ArmingId id{};
  std::string pin;  // four digits, for the operator's eyes and one ceremony
  std::optional<LocalTime> until;
  std::optional<Fingerprint> only;
  Access access;
};

class PairingWindow {
 public:
  static constexpr Nanos kCoolDown = seconds(2);

  // A new PIN, in place of one that was armed before.
  const ArmedPairing& arm(const ArmRequest& request, Rng& rng, LocalTime now);
  void disarm() noexcept { armed_.reset(); }
  // nullptr: nothing is armed, or not any more.
  const ArmedPairing* armed(LocalTime now) const noexcept;

  // Somebody asks to pair: what to try it with, or why not (rate limit, not armed, other device).
  tl::expected<ArmedPairing, message::CloseCode> attempt(const Fingerprint& device, LocalTime now);
  // The guess is spent. A newer arming is not touched.
  void burn(ArmingId id) noexcept;

 private:
  std::optional<ArmedPairing> armed_;
  std::uint64_t last_id_ = 0;
  std::optional<LocalTime> last_attempt_;
};

}  // namespace pf::trust
