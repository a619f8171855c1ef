#include "host/trust/knock_list.h"

#include <algorithm>
#include <utility>

namespace pf::trust {

using message::CloseCode;

namespace {

bool is_old(const Knock& knock, LocalTime now) {
  return !knock.waiting && now - knock.since >= KnockList::kLifetime;
}

}  // namespace

Result<KnockId> KnockList::add(const Fingerprint& device, std::string name, const Endpoint& from,
                               LocalTime now) {
  forget_old(now);
  const auto earlier = std::find_if(knocks_.begin(), knocks_.end(), [&](const Knock& knock) {
    return knock.fingerprint == device;
  });
  if (earlier != knocks_.end()) {
    answer(earlier, {.approved = std::nullopt, .refusal = CloseCode::superseded});
  }
  if (!make_room(kMaxKnocksPerAddress, &from)) {
    return fail(ErrorKind::exhausted, "{} devices at your address wait for approval already",
                kMaxKnocksPerAddress);
  }
  if (!make_room(kMaxKnocks, nullptr)) {
    return fail(ErrorKind::exhausted, "{} devices wait for approval already", kMaxKnocks);
  }
  knocks_.push_back({.id = KnockId{++last_id_},
                     .fingerprint = device,
                     .name = std::move(name),
                     .from = from,
                     .since = now});
  return knocks_.back().id;
}

// So that one more fits below `bound`, of one address or of all.
bool KnockList::make_room(std::size_t bound, const Endpoint* address) {
  const auto counts = [&](const Knock& knock) {
    return address == nullptr || knock.from.same_address(*address);
  };
  if (static_cast<std::size_t>(std::count_if(knocks_.begin(), knocks_.end(), counts)) < bound) {
    return true;
  }
  const auto oldest = std::find_if(knocks_.begin(), knocks_.end(), [&](const Knock& knock) {
    return counts(knock) && !knock.waiting;
  });
  if (oldest == knocks_.end()) return false;
  knocks_.erase(oldest);
  return true;
}

void KnockList::leave(KnockId id) noexcept {
  for (Knock& knock : knocks_) {
    if (knock.id == id) knock.waiting = false;
  }
  std::erase_if(answers_, [&](const Answered& answered) { return answered.id == id; });
}

std::vector<Knock> KnockList::list(LocalTime now) const {
  std::vector<Knock> current;
  for (const Knock& knock : knocks_) {
    if (!is_old(knock, now)) current.push_back(knock);
  }
  return current;
}

const Knock* KnockList::find(KnockId id, LocalTime now) const noexcept {
  for (const Knock& knock : knocks_) {
    if (knock.id == id && !is_old(knock, now)) return &knock;
  }
  return nullptr;
}

void KnockList::approve(const Fingerprint& device, const Access& access) {
  const auto at = std::find_if(knocks_.begin(), knocks_.end(),
                               [&](const Knock& knock) { return knock.fingerprint == device; });
  if (at != knocks_.end()) answer(at, {.approved = access});
}

void KnockList::deny(KnockId id) {
  const auto at = std::find_if(knocks_.begin(), knocks_.end(),
                               [&](const Knock& knock) { return knock.id == id; });
  if (at != knocks_.end()) answer(at, {.approved = std::nullopt, .refusal = CloseCode::denied});
}

std::optional<KnockAnswer> KnockList::take_answer(KnockId id) {
  const auto at = std::find_if(answers_.begin(), answers_.end(),
                               [&](const Answered& answered) { return answered.id == id; });
  if (at == answers_.end()) return std::nullopt;
  const KnockAnswer answer = at->answer;
  answers_.erase(at);
  return answer;
}

void KnockList::answer(std::vector<Knock>::iterator at, KnockAnswer answer) {
  if (at->waiting) answers_.push_back({.id = at->id, .answer = answer});
  knocks_.erase(at);
}

void KnockList::forget_old(LocalTime now) {
  std::erase_if(knocks_, [&](const Knock& knock) { return is_old(knock, now); });
}

}  // namespace pf::trust
