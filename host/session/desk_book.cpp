#include "host/session/desk_book.h"

#include <algorithm>
#include <utility>

namespace pf::session {

void DeskBook::set_max_waiting(std::size_t max_waiting) {
  std::lock_guard lock(mutex_);
  params_.max_waiting = max_waiting;
}

DeskBook::Claim DeskBook::claim(const Owner& owner, unsigned session) {
  std::lock_guard lock(mutex_);
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    const bool available = entry.claims > 0 || entry.waits_until;
    return available && owner.fingerprint && entry.owner.fingerprint == owner.fingerprint &&
           entry.owner.app == owner.app && entry.owner.command == owner.command &&
           entry.owner.run_as == owner.run_as;
  });
  if (at == entries_.end()) {
    entries_.push_back({.desk = std::make_shared<Desk>(params_.open_display, params_.journal),
                        .owner = owner,
                        .session = session});
    return {.desk = entries_.back().desk, .before = std::nullopt};
  }
  ++at->claims;
  at->linger = Nanos(0);
  at->waits_until.reset();
  return {.desk = at->desk, .before = std::exchange(at->session, session)};
}

std::shared_ptr<Desk> DeskBook::join(unsigned session) {
  std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.session != session || entry.claims == 0) continue;
    ++entry.claims;
    return entry.desk;
  }
  return nullptr;
}

std::shared_ptr<Desk> DeskBook::desk_of(unsigned session) const {
  std::lock_guard lock(mutex_);
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.session == session && (entry.claims > 0 || entry.waits_until);
  });
  return at == entries_.end() ? nullptr : at->desk;
}

bool DeskBook::leave(const std::shared_ptr<Desk>& desk, unsigned session, Nanos linger,
                     LocalTime now) {
  std::lock_guard lock(mutex_);
  const auto at = std::find_if(entries_.begin(), entries_.end(),
                               [&](const Entry& entry) { return entry.desk == desk; });
  if (at == entries_.end()) return false;
  if (at->session == session) at->linger = at->owner.fingerprint ? linger : Nanos(0);
  if (--at->claims > 0 || at->linger <= Nanos(0)) return false;
  at->waits_until = now + at->linger;
  keep_within_bound();
  return at->waits_until.has_value();
}

void DeskBook::keep_within_bound() {
  const auto waiting = [](const Entry& entry) { return entry.waits_until.has_value(); };
  const auto count = std::count_if(entries_.begin(), entries_.end(), waiting);
  if (static_cast<std::size_t>(count) <= params_.max_waiting) return;
  const auto longest =
      std::min_element(entries_.begin(), entries_.end(), [&](const Entry& one, const Entry& other) {
        if (!waiting(one) || !waiting(other)) return waiting(one);
        return *one.waits_until < *other.waits_until;
      });
  longest->waits_until.reset();
}

bool DeskBook::give_up(unsigned session) {
  std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.session == session && entry.waits_until) {
      entry.waits_until.reset();
      return true;
    }
  }
  return false;
}

bool DeskBook::waits(unsigned session) const {
  std::lock_guard lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.session == session && entry.waits_until;
  });
}

std::vector<unsigned> DeskBook::sweep(LocalTime now) {
  Entries closed;  // and with it the displays, once the lock is gone
  std::vector<unsigned> sessions;
  {
    std::lock_guard lock(mutex_);
    for (auto at = entries_.begin(); at != entries_.end();) {
      const auto next = std::next(at);
      const bool stays =
          at->claims > 0 || (at->waits_until && *at->waits_until > now && at->desk->alive());
      if (!stays) {
        sessions.push_back(at->session);
        closed.splice(closed.end(), entries_, at);
      }
      at = next;
    }
  }
  return sessions;
}

}  // namespace pf::session
