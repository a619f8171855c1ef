#include "host/gamestream/protocol/pairing_book.h"

#include <algorithm>
#include <iterator>

#include "core/base/hex.h"

namespace pf::gamestream {
namespace {

constexpr std::size_t kPinDigits = 4;

bool is_pin(std::string_view text) {
  return text.size() == kPinDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_prefix(std::string_view prefix, const crypto::Fingerprint& fingerprint) {
  if (prefix.size() < PairingBook::kMinPrefix) return false;
  const std::string whole = to_hex(fingerprint);
  return prefix.size() <= whole.size() &&
         std::equal(prefix.begin(), prefix.end(), whole.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'F' ? static_cast<char>(a + 32) : a) == b;
         });
}

template <class T>
std::optional<T> take_first(std::vector<T>& values) {
  if (values.empty()) return std::nullopt;
  T first = std::move(values.front());
  values.erase(values.begin());
  return first;
}

}  // namespace

PairingBook::Key PairingBook::key_of(std::string_view peer_address, const Query& query) {
  return {std::string(peer_address), std::string(query.text("uniqueid").value_or(""))};
}

PairingBook::Answer PairingBook::handle(std::string_view peer_address, const Query& query,
                                        LocalTime now) {
  const Key key = key_of(peer_address, query);
  if (key.unique_id.empty()) return {pairing_refusal(400, "Missing uniqueid parameter"), {}};
  if (query.text("phrase") == "getservercert") return begin(key, query, now);
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return {pairing_refusal(400, "Invalid uniqueid"), {}};
  PairingCeremony& ceremony = entry->second.ceremony;
  Answer answer{ceremony.handle(query, host_), {}};
  entry->second.until = now + kPhasePatience;
  if (!ceremony.over()) return answer;
  if (ceremony.proved()) {
    tell(*entry, *ceremony.proved() ? Outcome::Kind::paired : Outcome::Kind::wrong_pin);
    entries_.erase(entry);
  } else {
    end(entry, "The pairing was ended by another request");
  }
  return answer;
}

PairingBook::Answer PairingBook::begin(const Key& key, const Query& query, LocalTime now) {
  if (const auto old = entries_.find(key); old != entries_.end())
    end(old, "The client began again");
  if (!has_room_for(key.peer_address))
    return {pairing_refusal(503, "Too many pairings are under way: try again in a minute"), {}};
  auto ceremony = PairingCeremony::begin(query, rng_);
  if (!ceremony) return {pairing_refusal(400, ceremony.error().what), {}};
  const Ticket ticket = ++last_ticket_;
  const crypto::Fingerprint fingerprint = crypto::fingerprint(ceremony->client_certificate_der());
  entries_.emplace(key, Entry{.ticket = ticket,
                              .ceremony = *std::move(ceremony),
                              .fingerprint = fingerprint,
                              .parked = true,
                              .since = now,
                              .until = now + kPinPatience});
  return {{}, ticket};
}

bool PairingBook::has_room_for(std::string_view peer_address) const {
  const auto of_address = std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return entry.first.peer_address == peer_address;
  });
  return entries_.size() < kMaxCeremonies &&
         static_cast<std::size_t>(of_address) < kMaxCeremoniesPerAddress;
}

void PairingBook::end(Entries::iterator entry, std::string_view why) {
  if (entry->second.parked) {
    releases_.push_back({entry->second.ticket, pairing_refusal(400, why)});
  } else {
    tell(*entry, Outcome::Kind::abandoned);
  }
  entries_.erase(entry);
}

void PairingBook::tell(const Entries::value_type& entry, Outcome::Kind kind) {
  outcomes_.push_back(
      {entry.second.ticket, kind, entry.first.peer_address, entry.second.fingerprint});
}

void PairingBook::give_up(std::string_view peer_address, const Query& query) {
  if (const auto entry = entries_.find(key_of(peer_address, query)); entry != entries_.end())
    end(entry, "The client has given up");
}

void PairingBook::give_up(Ticket ticket) {
  std::erase_if(entries_, [&](const auto& entry) {
    return entry.second.parked && entry.second.ticket == ticket;
  });
}

Result<PairingBook::Ticket> PairingBook::enter_pin(std::string_view which, std::string_view pin,
                                                   LocalTime now) {
  if (!is_pin(pin))
    return fail(ErrorKind::malformed, "a PIN has four digits, as the client shows it");
  std::vector<Entries::iterator> found;
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    const bool asked_for = which.empty() || entry->first.peer_address == which ||
                           is_prefix(which, entry->second.fingerprint);
    if (entry->second.parked && asked_for) found.push_back(entry);
  }
  if (found.empty())
    return fail(
        ErrorKind::unavailable,
        "no {}Moonlight client waits for a PIN: begin pairing there, then type what it shows",
        which.empty() ? "" : "such ");
  if (found.size() > 1) {
    std::string who;
    for (const auto& entry : found) {
      who += fmt::format("{}{} ({})", who.empty() ? "" : ", ", entry->first.peer_address,
                         to_hex(entry->second.fingerprint).substr(0, 12));
    }
    return fail(ErrorKind::refused, "several clients wait for a PIN ({}): say whose it is", who);
  }
  Entry& entry = found.front()->second;
  releases_.push_back({entry.ticket, entry.ceremony.enter_pin(pin, host_)});
  entry.parked = false;
  entry.until = now + kPhasePatience;
  return entry.ticket;
}

std::vector<PairingBook::Waiting> PairingBook::waiting() const {
  std::vector<Waiting> waiting;
  for (const auto& [key, entry] : entries_) {
    if (entry.parked)
      waiting.push_back({entry.ticket, key.peer_address, entry.fingerprint, entry.since});
  }
  return waiting;
}

void PairingBook::handle_timeout(LocalTime now) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (entry->second.until <= now) end(entry, "Nobody entered the PIN in time");
    entry = next;
  }
}

std::optional<LocalTime> PairingBook::next_timeout() const {
  std::optional<LocalTime> next;
  for (const auto& [key, entry] : entries_)
    next = std::min(next.value_or(entry.until), entry.until);
  return next;
}

std::optional<PairingBook::Release> PairingBook::poll_release() { return take_first(releases_); }
std::optional<PairingBook::Outcome> PairingBook::poll_outcome() { return take_first(outcomes_); }

}  // namespace pf::gamestream
