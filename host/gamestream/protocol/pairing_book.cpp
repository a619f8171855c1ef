#include "host/gamestream/protocol/pairing_book.h"

#include <algorithm>
#include <iterator>

namespace pf::gamestream {
namespace {

constexpr std::size_t kPinDigits = 4;

bool is_pin(std::string_view text) {
  return text.size() == kPinDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
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
  if (ceremony.paired()) paired_.push_back({ceremony.client_certificate_der(), key.peer_address});
  if (ceremony.over()) end(entry, "The pairing was ended by another request");
  return answer;
}

PairingBook::Answer PairingBook::begin(const Key& key, const Query& query, LocalTime now) {
  if (const auto old = entries_.find(key); old != entries_.end())
    end(old, "The client began again");
  if (entries_.size() >= kMaxCeremonies)
    return {pairing_refusal(503, "Too many pairings are under way: try again in a minute"), {}};
  auto ceremony = PairingCeremony::begin(query, rng_);
  if (!ceremony) return {pairing_refusal(400, ceremony.error().what), {}};
  const Ticket ticket = ++last_ticket_;
  entries_.emplace(key, Entry{.ceremony = *std::move(ceremony),
                              .parked = ticket,
                              .since = now,
                              .until = now + kPinPatience});
  return {{}, ticket};
}

void PairingBook::end(Entries::iterator entry, std::string_view why) {
  if (entry->second.parked) releases_.push_back({*entry->second.parked, pairing_refusal(400, why)});
  entries_.erase(entry);
}

void PairingBook::give_up(std::string_view peer_address, const Query& query) {
  if (const auto entry = entries_.find(key_of(peer_address, query)); entry != entries_.end())
    end(entry, "The client has given up");
}

void PairingBook::give_up(Ticket ticket) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.parked == ticket; });
}

Result<void> PairingBook::enter_pin(std::string_view peer_address, std::string_view pin,
                                    LocalTime now) {
  if (!is_pin(pin))
    return fail(ErrorKind::malformed, "a PIN has four digits, as the client shows it");
  std::vector<Entries::iterator> found;
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    const bool asked_for = peer_address.empty() || entry->first.peer_address == peer_address;
    if (entry->second.parked && asked_for) found.push_back(entry);
  }
  if (found.empty())
    return fail(ErrorKind::unavailable, "no Moonlight client waits for a PIN: begin pairing there");
  if (found.size() > 1) {
    std::string who;
    for (const auto& entry : found) who += (who.empty() ? "" : ", ") + entry->first.peer_address;
    return fail(ErrorKind::refused, "several clients wait for a PIN ({}): say whose it is", who);
  }
  Entry& entry = found.front()->second;
  releases_.push_back({*entry.parked, entry.ceremony.enter_pin(pin, host_)});
  entry.parked.reset();
  entry.until = now + kPhasePatience;
  return {};
}

std::vector<PairingBook::Waiting> PairingBook::waiting() const {
  std::vector<Waiting> waiting;
  for (const auto& [key, entry] : entries_) {
    if (entry.parked) waiting.push_back({key.peer_address, entry.since});
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
std::optional<PairingBook::Paired> PairingBook::poll_paired() { return take_first(paired_); }

}  // namespace pf::gamestream
