// Who may use this host: paired devices, the armed PIN, and devices that wait for the operator.
//
// One object for the whole host, between the doors (which ask and report) and the operator's
// side (admin socket, console: which decide). Any thread may call anything; a lock is held for the
// length of a call, and calls that change the paired list wait for the disk. Nothing here is for
// the frame path. Every change of what others may have to act on rings all listening bells: a door
// then asks for the answer to its knocks and for the access of its sessions again.
// Source: docs/protocol/punktfunk1.md section 8.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/runtime/doorbell.h"
#include "host/trust/device.h"
#include "host/trust/knock_list.h"
#include "host/trust/paired_store.h"
#include "host/trust/pairing_window.h"

namespace pf::trust {

// What came of the last PIN that was tried; tells the operator who armed it.
struct PairingOutcome {
  enum class Kind : std::uint8_t {
    paired,
    wrong_pin,  // the device's proof was wrong
    abandoned,  // it left without a proof: most likely it was told another PIN
    not_saved,  // the proof was right, but the disk refused
  };
  ArmingId arming{};
  Kind kind = Kind::abandoned;
  Fingerprint fingerprint{};
  std::string name;  // as the device calls itself, printable
};

struct PairingStatus {
  std::optional<ArmedPairing> armed;
  std::optional<PairingOutcome> last;
};

class TrustRegistry {
 public:
  // With the devices of `state_dir`/paired.json; an error when that file is there but not whole.
  // `rng` draws the PINs: unpredictable outside of tests, and used under the registry's lock.
  static Result<std::unique_ptr<TrustRegistry>> open(const std::string& state_dir, Rng& rng);
  ~TrustRegistry();  // writes down who was seen last
  TrustRegistry(const TrustRegistry&) = delete;
  TrustRegistry& operator=(const TrustRegistry&) = delete;

  // `bell` is rung after every change, until stop_ringing(), which must come before it goes.
  void ring_on_change(Doorbell& bell);
  void stop_ringing(Doorbell& bell);
  // Grows with every change: whoever remembers it sees without a lock whether there was one.
  std::uint64_t change_count() const noexcept { return change_count_; }

  // --- For the operator.

  // Arms pairing with a fresh PIN (the one before is void) and says which.
  ArmedPairing arm_pairing(const ArmRequest& request, LocalTime now);
  void disarm_pairing();
  PairingStatus pairing_status(LocalTime now) const;

  std::vector<Device> devices() const;  // in the order of pairing
  // `unavailable`: no such device. Any other error: the list stays as it was. A session of the
  // device ends (unpair) or learns of it (set_access) as soon as its door has heard the bell.
  Result<void> unpair(const Fingerprint& device);
  Result<void> set_access(const Fingerprint& device, const Access& access);
  // From its next session on. Empty: as the host's setting says.
  Result<void> set_play_on(const Fingerprint& device, std::optional<PlayOn> play_on);
  Result<void> rename(const Fingerprint& device, std::string_view name);

  std::vector<Knock> knocks(LocalTime now) const;  // oldest first
  // Pairs the device; a connection that still waits goes on at once. `unavailable`: the knock is
  // gone (older than ten minutes, superseded, or answered).
  Result<Device> approve(KnockId knock, const Access& access, const Moment& now);
  Result<void> deny(KnockId knock, LocalTime now);

  // --- For the doors.

  // Empty: not paired, or not in this way. The access may have expired: ask it.
  std::optional<Access> access_of(const Fingerprint& device,
                                  DeviceKind kind = DeviceKind::native) const;
  std::optional<Device> device_of(const Fingerprint& device, DeviceKind kind) const;
  // Kept in memory until the next change is saved, or until the end.
  void seen(const Fingerprint& device, WireTime wall);

  // What to try a device's pairing with, or the code to refuse it with. Checks and charges the
  // cool-down first, then the arming, then who it is for.
  tl::expected<ArmedPairing, message::CloseCode> begin_pairing(const Fingerprint& device,
                                                               LocalTime now);
  void burn_pin(ArmingId arming);  // right after the challenge was written
  // The proof was right. Pairs the device with the access that was armed; what fails is the disk.
  Result<void> finish_pairing(const ArmedPairing& armed, const Fingerprint& device,
                              std::string_view name, const Moment& now);
  // The same for a device that proved itself by another protocol's own ceremony (GameStream).
  // `refused`: its certificate is paired as the other kind.
  Result<Device> pair_device(DeviceKind kind, const Fingerprint& device, std::string_view name,
                             const Access& access, WireTime wall);
  // The proof was wrong, or none came.
  void pairing_failed(PairingOutcome outcome);

  // A device that is not paired asks to be let in. `exhausted` with a sentence for its user.
  Result<KnockId> knock(const Fingerprint& device, std::string_view name, const Endpoint& from,
                        LocalTime now);
  std::optional<KnockAnswer> take_answer(KnockId knock);  // empty: none yet
  void leave(KnockId knock);                              // its connection has gone

 private:
  TrustRegistry(PairedStore store, std::vector<Device> devices, Rng& rng)
      : store_(std::move(store)), rng_(rng), devices_(std::move(devices)) {}

  Result<void> save(std::vector<Device> devices);
  Result<Device> pair(DeviceKind kind, const Fingerprint& device, std::string_view name,
                      const Access& access, WireTime wall);
  template <class Change>
  Result<void> change(const Fingerprint& device, Change&& change);
  void announce() noexcept;

  const PairedStore store_;
  std::atomic<std::uint64_t> change_count_{0};
  mutable std::mutex mutex_;  // guards everything below; the bells are rung under it
  Rng& rng_;
  std::vector<Device> devices_;
  bool unsaved_ = false;  // only dates of last visits
  PairingWindow window_;
  std::optional<PairingOutcome> last_outcome_;
  KnockList knocks_;
  std::vector<Doorbell*> bells_;
};

}  // namespace pf::trust
