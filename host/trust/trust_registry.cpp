#include "host/trust/trust_registry.h"

#include <algorithm>
#include <utility>

#include "core/base/hex.h"
#include "core/runtime/log.h"

namespace pf::trust {
namespace {

std::vector<Device>::iterator find(std::vector<Device>& devices, const Fingerprint& wanted) {
  return std::find_if(devices.begin(), devices.end(),
                      [&](const Device& device) { return device.fingerprint == wanted; });
}

}  // namespace

Result<std::unique_ptr<TrustRegistry>> TrustRegistry::open(const std::string& state_dir, Rng& rng) {
  PairedStore store(state_dir + "/paired.json");
  PF_TRY(auto devices, store.load());
  return std::unique_ptr<TrustRegistry>(
      new TrustRegistry(std::move(store), std::move(devices), rng));
}

TrustRegistry::~TrustRegistry() {
  if (!unsaved_) return;
  if (auto saved = store_.save(devices_); !saved) log::warning("trust", "{}", saved.error().what);
}

void TrustRegistry::ring_on_change(Doorbell& bell) {
  std::lock_guard lock(mutex_);
  bells_.push_back(&bell);
}

void TrustRegistry::stop_ringing(Doorbell& bell) {
  std::lock_guard lock(mutex_);
  std::erase(bells_, &bell);
}

void TrustRegistry::announce() noexcept {
  ++change_count_;
  for (Doorbell* bell : bells_) bell->ring();
}

// --- The PIN.

ArmedPairing TrustRegistry::arm_pairing(const ArmRequest& request, LocalTime now) {
  std::lock_guard lock(mutex_);
  ArmedPairing armed = window_.arm(request, rng_, now);
  announce();
  return armed;
}

void TrustRegistry::disarm_pairing() {
  std::lock_guard lock(mutex_);
  window_.disarm();
  announce();
}

PairingStatus TrustRegistry::pairing_status(LocalTime now) const {
  std::lock_guard lock(mutex_);
  PairingStatus status{.armed = std::nullopt, .last = last_outcome_};
  if (const ArmedPairing* armed = window_.armed(now)) status.armed = *armed;
  return status;
}

tl::expected<ArmedPairing, message::CloseCode> TrustRegistry::begin_pairing(
    const Fingerprint& device, LocalTime now) {
  std::lock_guard lock(mutex_);
  return window_.attempt(device, now);
}

void TrustRegistry::burn_pin(ArmingId arming) {
  std::lock_guard lock(mutex_);
  window_.burn(arming);
  announce();
}

Result<void> TrustRegistry::finish_pairing(const ArmedPairing& armed, const Fingerprint& device,
                                           std::string_view name, const Moment& now) {
  std::lock_guard lock(mutex_);
  auto paired = pair(DeviceKind::native, device, name, armed.access, now.wall);
  last_outcome_ = {.arming = armed.id,
                   .kind = paired ? PairingOutcome::Kind::paired : PairingOutcome::Kind::not_saved,
                   .fingerprint = device,
                   .name = device_name(name)};
  announce();
  if (!paired) return tl::unexpected(std::move(paired).error());
  return {};
}

Result<Device> TrustRegistry::pair_device(DeviceKind kind, const Fingerprint& device,
                                          std::string_view name, const Access& access,
                                          WireTime wall) {
  std::lock_guard lock(mutex_);
  auto paired = pair(kind, device, name, access, wall);
  announce();
  return paired;
}

void TrustRegistry::pairing_failed(PairingOutcome outcome) {
  std::lock_guard lock(mutex_);
  outcome.name = device_name(outcome.name);
  last_outcome_ = std::move(outcome);
  announce();
}

// --- Devices.

std::vector<Device> TrustRegistry::devices() const {
  std::lock_guard lock(mutex_);
  return devices_;
}

std::optional<Device> TrustRegistry::device_of(const Fingerprint& device, DeviceKind kind) const {
  std::lock_guard lock(mutex_);
  for (const Device& paired : devices_) {
    if (paired.fingerprint == device && paired.kind == kind) return paired;
  }
  return std::nullopt;
}

std::optional<Access> TrustRegistry::access_of(const Fingerprint& device, DeviceKind kind) const {
  const auto paired = device_of(device, kind);
  return paired ? std::optional(paired->access) : std::nullopt;
}

void TrustRegistry::seen(const Fingerprint& device, WireTime wall) {
  std::lock_guard lock(mutex_);
  const auto at = find(devices_, device);
  if (at == devices_.end()) return;
  at->last_seen = wall;
  unsaved_ = true;
}

// Memory follows the disk, never the other way round.
Result<void> TrustRegistry::save(std::vector<Device> devices) {
  PF_TRY_VOID(store_.save(devices));
  devices_ = std::move(devices);
  unsaved_ = false;
  return {};
}

// A device that is paired already gets its new name and access.
Result<Device> TrustRegistry::pair(DeviceKind kind, const Fingerprint& fingerprint,
                                   std::string_view name, const Access& access, WireTime wall) {
  std::vector<Device> devices = devices_;
  auto at = find(devices, fingerprint);
  if (at == devices.end()) {
    if (devices.size() == kMaxDevices) {
      return fail(ErrorKind::exhausted, "{} devices are paired already: unpair one first",
                  kMaxDevices);
    }
    at = devices.insert(devices.end(), Device{.fingerprint = fingerprint, .kind = kind});
  }
  if (at->kind != kind) {
    return fail(ErrorKind::refused,
                "this certificate is paired as a {} device already: unpair \"{}\" first",
                kind_name(at->kind), at->name);
  }
  at->name = device_name(name);
  at->access = access;
  at->paired_at = wall;
  Device paired = *at;
  PF_TRY_VOID(save(std::move(devices)));
  knocks_.approve(fingerprint, access);
  return paired;
}

template <class Change>
Result<void> TrustRegistry::change(const Fingerprint& device, Change&& change) {
  std::lock_guard lock(mutex_);
  std::vector<Device> devices = devices_;
  const auto at = find(devices, device);
  if (at == devices.end()) {
    return fail(ErrorKind::unavailable, "no paired device has the fingerprint {}", to_hex(device));
  }
  change(devices, at);
  PF_TRY_VOID(save(std::move(devices)));
  announce();
  return {};
}

Result<void> TrustRegistry::unpair(const Fingerprint& device) {
  return change(device, [](auto& devices, auto at) { devices.erase(at); });
}

Result<void> TrustRegistry::set_access(const Fingerprint& device, const Access& access) {
  return change(device, [&](auto&, auto at) { at->access = access; });
}

Result<void> TrustRegistry::set_play_on(const Fingerprint& device, std::optional<PlayOn> play_on) {
  return change(device, [&](auto&, auto at) { at->play_on = play_on; });
}

Result<void> TrustRegistry::rename(const Fingerprint& device, std::string_view name) {
  return change(device, [&](auto&, auto at) { at->name = device_name(name); });
}

// --- Knocks.

Result<KnockId> TrustRegistry::knock(const Fingerprint& device, std::string_view name,
                                     const Endpoint& from, LocalTime now) {
  std::lock_guard lock(mutex_);
  auto id = knocks_.add(device, device_name(name), from, now);
  announce();
  return id;
}

std::vector<Knock> TrustRegistry::knocks(LocalTime now) const {
  std::lock_guard lock(mutex_);
  return knocks_.list(now);
}

Result<Device> TrustRegistry::approve(KnockId knock, const Access& access, const Moment& now) {
  std::lock_guard lock(mutex_);
  const Knock* found = knocks_.find(knock, now.local);
  if (found == nullptr) return fail(ErrorKind::unavailable, "nobody waits under that number");
  auto paired = pair(DeviceKind::native, found->fingerprint, found->name, access, now.wall);
  announce();
  return paired;
}

Result<void> TrustRegistry::deny(KnockId knock, LocalTime now) {
  std::lock_guard lock(mutex_);
  if (knocks_.find(knock, now) == nullptr) {
    return fail(ErrorKind::unavailable, "nobody waits under that number");
  }
  knocks_.deny(knock);
  announce();
  return {};
}

std::optional<KnockAnswer> TrustRegistry::take_answer(KnockId knock) {
  std::lock_guard lock(mutex_);
  return knocks_.take_answer(knock);
}

void TrustRegistry::leave(KnockId knock) {
  std::lock_guard lock(mutex_);
  knocks_.leave(knock);
  announce();
}

}  // namespace pf::trust
