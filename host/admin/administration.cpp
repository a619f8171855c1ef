#include "host/admin/administration.h"

#include <algorithm>
#include <charconv>

#include "core/base/hex.h"
#include "core/message/text.h"
#include "host/admin/arguments.h"

namespace pf::admin {
namespace {

std::string shown(std::string_view which) { return message::printable(which, kShownBytes); }

bool is_prefix(std::string_view prefix, const crypto::Fingerprint& fingerprint) {
  if (prefix.size() < Administration::kMinPrefix) return false;
  const std::string whole = to_hex(fingerprint);
  return prefix.size() <= whole.size() &&
         std::equal(prefix.begin(), prefix.end(), whole.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'F' ? static_cast<char>(a + 32) : a) == b;
         });
}

// The one of `all` that is meant. `what` for error messages: "paired device".
template <class T>
Result<T> choose(const std::vector<T>& all, std::string_view which, std::string_view what) {
  std::vector<const T*> meant;
  for (const T& one : all) {
    if (one.name == which || is_prefix(which, one.fingerprint)) meant.push_back(&one);
  }
  if (meant.empty())
    return fail(ErrorKind::unavailable, "there is no {} \"{}\"", what, shown(which));
  if (meant.size() == 1) return *meant.front();
  std::string candidates;
  for (const T* one : meant) {
    candidates += fmt::format("{}{} ({})", candidates.empty() ? "" : ", ", one->name,
                              to_hex(one->fingerprint).substr(0, 12));
  }
  return fail(ErrorKind::malformed, "\"{}\" may mean {}: give more of the fingerprint",
              shown(which), candidates);
}

}  // namespace

Administration::Administration(HostFacts facts, Controls controls, config::LiveConfig& settings,
                               trust::TrustRegistry& trust, access::AccessStore& access,
                               const HealthBoard& board, const Clock& clock)
    : facts_(std::move(facts)),
      controls_(std::move(controls)),
      settings_(settings),
      trust_(trust),
      access_(access),
      board_(board),
      clock_(clock),
      started_(clock.now()) {}

trust::Moment Administration::now() const { return trust::moment_now(clock_); }

HostStatus Administration::status() const {
  const LocalTime now = clock_.now();
  HostFacts facts = facts_;
  const auto settings = settings_.now();
  facts.open = settings->in_force.session.open;
  if (!settings->in_force.network.name.empty()) facts.name = settings->in_force.network.name;
  return {
      .facts = std::move(facts),
      .uptime = now - started_,
      .health = board_.rows(now),
      .sessions = sessions().size(),
      .devices = devices().size(),
      .knocks = knocks().size(),
      .pins = pins().size(),
      .pairing_armed = trust_.pairing_status(now).armed.has_value(),
      .microphone = controls_.sessions.microphone ? controls_.sessions.microphone() : std::nullopt};
}

trust::ArmedPairing Administration::arm_pairing(const trust::ArmRequest& request) {
  return trust_.arm_pairing(request, clock_.now());
}

void Administration::disarm_pairing() { trust_.disarm_pairing(); }

trust::PairingStatus Administration::pairing() const { return trust_.pairing_status(clock_.now()); }

std::vector<gamestream::PinWaiting> Administration::pins() const {
  return controls_.pins.waiting ? controls_.pins.waiting() : std::vector<gamestream::PinWaiting>();
}

Result<gamestream::PinTicket> Administration::enter_pin(const gamestream::PinEntry& entry) {
  if (controls_.pins.enter) return controls_.pins.enter(entry);
  return fail(ErrorKind::unavailable,
              "this host does not serve Moonlight clients: punktfunk-host serve --gamestream");
}

std::optional<gamestream::PinOutcome> Administration::last_pin() const {
  return controls_.pins.last ? controls_.pins.last() : std::nullopt;
}

std::vector<trust::Knock> Administration::knocks() const { return trust_.knocks(clock_.now()); }

Result<trust::Knock> Administration::knock(std::string_view which) const {
  const auto all = knocks();
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(which.data(), which.data() + which.size(), number);
  if (parsed.ec == std::errc() && parsed.ptr == which.data() + which.size()) {
    for (const trust::Knock& knock : all) {
      if (knock.id == trust::KnockId{number}) return knock;
    }
  }
  return choose(all, which, "device waiting for approval called");
}

Result<trust::Device> Administration::approve(std::string_view which, const trust::Access& access) {
  PF_TRY(const trust::Knock chosen, knock(which));
  return trust_.approve(chosen.id, access, now());
}

Result<trust::Knock> Administration::deny(std::string_view which) {
  PF_TRY(trust::Knock chosen, knock(which));
  PF_TRY_VOID(trust_.deny(chosen.id, clock_.now()));
  return chosen;
}

std::vector<trust::Device> Administration::devices() const { return trust_.devices(); }

Result<trust::Device> Administration::device(std::string_view which) const {
  return choose(devices(), which, "paired device");
}

Result<trust::Device> Administration::set_access(std::string_view which,
                                                 const AccessChange& change) {
  PF_TRY(trust::Device chosen, device(which));
  if (change.grants) chosen.access.grants = *change.grants;
  if (change.expires_at) chosen.access.expires_at = *change.expires_at;
  PF_TRY_VOID(trust_.set_access(chosen.fingerprint, chosen.access));
  return chosen;
}

Result<trust::Device> Administration::set_play_on(std::string_view which,
                                                  std::optional<trust::PlayOn> play_on) {
  PF_TRY(trust::Device chosen, device(which));
  PF_TRY_VOID(trust_.set_play_on(chosen.fingerprint, play_on));
  chosen.play_on = play_on;
  return chosen;
}

Result<trust::Device> Administration::rename(std::string_view which, std::string_view name) {
  PF_TRY(const trust::Device chosen, device(which));
  PF_TRY_VOID(trust_.rename(chosen.fingerprint, name));
  return device(to_hex(chosen.fingerprint));
}

Result<trust::Device> Administration::unpair(std::string_view which) {
  PF_TRY(trust::Device chosen, device(which));
  PF_TRY_VOID(trust_.unpair(chosen.fingerprint));
  return chosen;
}

std::vector<session::SessionStatus> Administration::sessions() const {
  return controls_.sessions.list();
}

Result<void> Administration::steer_session(unsigned number, const session::OperatorWish& wish) {
  return controls_.sessions.steer(number, wish);
}

Result<void> Administration::stop_session(unsigned number) {
  const auto all = sessions();
  if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return one.number == number; }))
    return fail(ErrorKind::unavailable, "there is no session {}", number);
  return controls_.sessions.end(number);
}

}  // namespace pf::admin
