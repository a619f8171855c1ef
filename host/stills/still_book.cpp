#include "host/stills/still_book.h"

#include <utility>

namespace pf::stills {

Result<std::shared_ptr<const Still>> StillBook::ask(unsigned session, LocalTime now) {
  forget_the_unasked(now);
  if (entries_.count(session) == 0 && entries_.size() == kMaxSessions)
    return fail(ErrorKind::exhausted, "stills of {} sessions are being made: look at fewer",
                kMaxSessions);
  Entry& entry = entries_[session];
  entry.asked_at = now;
  const bool rested = !entry.tried_at || now - *entry.tried_at >= kEvery;
  if (rested && !entry.at_work && !entry.wanted_at) entry.wanted_at = now;
  if (entry.still && now - entry.still->taken_at <= kOldest) return entry.still;
  if (!entry.trouble.empty())
    return fail(ErrorKind::unavailable, "there is no picture of session {}: {}", session,
                entry.trouble);
  return fail(ErrorKind::unavailable, "a picture of session {} is being made: ask again", session);
}

std::optional<unsigned> StillBook::take_due() {
  std::map<unsigned, Entry>::iterator first = entries_.end();
  for (auto at = entries_.begin(); at != entries_.end(); ++at) {
    if (!at->second.wanted_at) continue;
    if (first == entries_.end() || *at->second.wanted_at < *first->second.wanted_at) first = at;
  }
  if (first == entries_.end()) return std::nullopt;
  first->second.wanted_at.reset();
  first->second.at_work = true;
  return first->first;
}

void StillBook::put(unsigned session, Result<Still> made, LocalTime now) {
  const auto at = entries_.find(session);
  if (at == entries_.end()) return;
  Entry& entry = at->second;
  entry.at_work = false;
  entry.tried_at = now;
  if (made) {
    entry.still = std::make_shared<const Still>(*std::move(made));
    entry.trouble.clear();
  } else {
    entry.trouble = std::move(made.error().what);
  }
}

void StillBook::forget_the_unasked(LocalTime now) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    const bool unasked = now - at->second.asked_at > kOldest && !at->second.at_work;
    at = unasked ? entries_.erase(at) : std::next(at);
  }
}

}  // namespace pf::stills
