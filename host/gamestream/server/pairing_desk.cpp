#include "host/gamestream/server/pairing_desk.h"

#include <algorithm>
#include <utility>

#include "core/base/hex.h"
#include "core/runtime/log.h"

namespace pf::gamestream {

using trust::DeviceKind;

PairingDesk::PairingDesk(const HostCertificate& host, trust::TrustRegistry& trust,
                         HealthBoard& board, const Clock& clock, Rng& rng)
    : trust_(trust),
      clock_(clock),
      book_(host, rng),
      thread_({"gamestream pairing", ThreadRole::background}, {}, bell_, board, clock,
              [this](Shift& shift) { return serve(shift); }) {}

PairingDesk::~PairingDesk() = default;

bool PairingDesk::ask(PairingAsk ask) {
  const bool taken = asks_.try_push(std::move(ask));
  if (taken) bell_.ring();
  return taken;
}

bool PairingDesk::ask(UnpairAsk ask) {
  const bool taken = asks_.try_push(std::move(ask));
  if (taken) bell_.ring();
  return taken;
}

// --- The operator.

std::vector<PinWaiting> PairingDesk::waiting() const {
  std::lock_guard lock(mutex_);
  std::vector<PinWaiting> all;
  for (PairingBook::Waiting& one : book_.waiting())
    all.push_back({one.ticket, std::move(one.peer_address), one.fingerprint, one.since});
  return all;
}

Result<PinTicket> PairingDesk::enter_pin(const PinEntry& entry) {
  std::lock_guard lock(mutex_);
  auto ticket = book_.enter_pin(entry.device, entry.pin, clock_.now());
  if (!ticket) return ticket;
  entered_.insert_or_assign(*ticket, entry);
  bell_.ring();
  return ticket;
}

std::optional<PinOutcome> PairingDesk::last_outcome() const {
  std::lock_guard lock(mutex_);
  return last_outcome_;
}

// --- The desk's thread.

Result<void> PairingDesk::serve(Shift& shift) {
  shift.opened();
  while (!shift.over()) {
    const LocalTime now = clock_.now();
    while (auto ask = asks_.try_pop()) {
      if (auto* pairing = std::get_if<PairingAsk>(&*ask)) {
        handle(std::move(*pairing), now);
      } else {
        handle(std::get<UnpairAsk>(*ask));
      }
    }
    look_after(now);
    bool idle = parked_.empty();
    {
      std::lock_guard lock(mutex_);
      idle = idle && !book_.next_timeout();
    }
    shift.bell().wait(idle ? seconds(60) : kLookEvery);
  }
  for (const auto& [ticket, ask] : parked_) ask.answer(pairing_refusal(503, "The host ends"));
  parked_.clear();
  return {};
}

void PairingDesk::handle(PairingAsk ask, LocalTime now) {
  PairingBook::Answer answer;
  {
    std::lock_guard lock(mutex_);
    answer = book_.handle(ask.peer_address, ask.query, now);
  }
  // Before the answer: a client that was told it is paired is.
  bool settled = true;
  for (const PairingBook::Outcome& outcome : take_outcomes()) settled &= settle(outcome);
  if (answer.ticket) {
    say_who_waits(ask.peer_address, now);
    parked_.emplace(*answer.ticket, std::move(ask));
  } else if (settled) {
    ask.answer(std::move(answer.body));
  } else {
    ask.answer(pairing_refusal(500, "The host cannot store the pairing"));
  }
  release();
}

void PairingDesk::handle(const UnpairAsk& ask) {
  std::lock_guard lock(mutex_);
  book_.give_up(ask.peer_address, ask.query);
}

// PINs that were typed, clients that hung up, and time that is over.
void PairingDesk::look_after(LocalTime now) {
  {
    std::lock_guard lock(mutex_);
    for (const auto& [ticket, ask] : parked_) {
      if (ask.abandoned && ask.abandoned()) book_.give_up(ticket);
    }
    book_.handle_timeout(now);
  }
  for (const PairingBook::Outcome& outcome : take_outcomes()) settle(outcome);
  release();
  // Given up by their clients: their answers go nowhere.
  for (auto at = parked_.begin(); at != parked_.end();)
    at = at->second.abandoned && at->second.abandoned() ? parked_.erase(at) : std::next(at);
}

std::vector<PairingBook::Outcome> PairingDesk::take_outcomes() {
  std::lock_guard lock(mutex_);
  std::vector<PairingBook::Outcome> outcomes;
  while (auto outcome = book_.poll_outcome()) outcomes.push_back(*std::move(outcome));
  return outcomes;
}

bool PairingDesk::settle(const PairingBook::Outcome& outcome) {
  PinOutcome told{.ticket = outcome.ticket,
                  .kind = PinOutcome::Kind::abandoned,
                  .fingerprint = outcome.fingerprint,
                  .name = outcome.peer_address,
                  .why = {}};
  if (outcome.kind == PairingBook::Outcome::Kind::wrong_pin) {
    told.kind = PinOutcome::Kind::wrong_pin;
    log::info("gamestream", "the PIN for the Moonlight client at {} was wrong",
              outcome.peer_address);
  } else if (outcome.kind == PairingBook::Outcome::Kind::paired) {
    const auto stored = store(outcome);
    told.kind = stored ? PinOutcome::Kind::paired : PinOutcome::Kind::not_saved;
    if (stored) {
      told.name = stored->name;
      log::info("gamestream", "paired with \"{}\" at {}", stored->name, outcome.peer_address);
    } else {
      told.why = stored.error().what;
      log::error("gamestream", "{}", told.why);
    }
  }
  std::lock_guard lock(mutex_);
  entered_.erase(outcome.ticket);
  const bool saved = told.kind != PinOutcome::Kind::not_saved;
  last_outcome_ = std::move(told);
  return saved;
}

Result<trust::Device> PairingDesk::store(const PairingBook::Outcome& outcome) {
  PinEntry entry;
  {
    std::lock_guard lock(mutex_);
    if (const auto found = entered_.find(outcome.ticket); found != entered_.end())
      entry = found->second;
  }
  std::string name = entry.name;
  for (const trust::Device& device : trust_.devices()) {
    if (name.empty() && device.fingerprint == outcome.fingerprint) name = device.name;
  }
  if (name.empty()) name = "Moonlight at " + outcome.peer_address;
  return trust_.pair_device(DeviceKind::moonlight, outcome.fingerprint, name, entry.access,
                            trust::moment_now(clock_).wall);
}

void PairingDesk::release() {
  for (;;) {
    std::optional<PairingBook::Release> release;
    {
      std::lock_guard lock(mutex_);
      release = book_.poll_release();
    }
    if (!release) return;
    if (const auto parked = parked_.extract(release->ticket))
      parked.mapped().answer(std::move(release->body));
  }
}

void PairingDesk::say_who_waits(const std::string& address, LocalTime now) {
  if (said_at_ && now - *said_at_ < kSayEvery) return;
  said_at_ = now;
  log::info("gamestream",
            "a Moonlight client at {} asks to be paired: punktfunk-host pin, and the PIN it shows",
            address);
}

}  // namespace pf::gamestream
