#include "host/management/login_book.h"

#include <algorithm>

#include "core/base/hex.h"

namespace pf::management {
namespace {

std::string random_text(Rng& rng) {
  std::vector<std::byte> bytes(32);
  rng.fill(bytes);
  return to_hex(bytes);
}

}  // namespace

const Login& LoginBook::add(std::uint64_t password_generation, Rng& rng, LocalTime now) {
  if (logins_.size() >= kMaxLogins) {
    logins_.erase(
        std::min_element(logins_.begin(), logins_.end(),
                         [](const Login& a, const Login& b) { return a.last_used < b.last_used; }));
  }
  logins_.push_back({.cookie = random_text(rng),
                     .csrf_token = random_text(rng),
                     .password_generation = password_generation,
                     .until = now + kLifetime,
                     .last_used = now});
  return logins_.back();
}

const Login* LoginBook::find(std::string_view cookie, std::uint64_t password_generation,
                             LocalTime now) {
  Login* const login = valid(cookie, password_generation, now);
  if (login != nullptr) login->last_used = now;
  return login;
}

bool LoginBook::knows(std::string_view cookie, std::uint64_t password_generation, LocalTime now) {
  return valid(cookie, password_generation, now) != nullptr;
}

Login* LoginBook::valid(std::string_view cookie, std::uint64_t password_generation, LocalTime now) {
  std::erase_if(logins_, [&](const Login& login) {
    return login.until <= now || login.last_used + kIdle <= now ||
           login.password_generation != password_generation;
  });
  const auto found = std::find_if(logins_.begin(), logins_.end(),
                                  [&](const Login& login) { return login.cookie == cookie; });
  return found == logins_.end() ? nullptr : &*found;
}

void LoginBook::remove(std::string_view cookie) {
  std::erase_if(logins_, [&](const Login& login) { return login.cookie == cookie; });
}

std::optional<Nanos> LoginLimit::must_wait(const Endpoint& peer, LocalTime now) {
  while (!failures_.empty() && failures_.front().at + kWindow <= now) failures_.pop_front();
  if (failures_.size() >= kMaxInAll) return failures_.front().at + kWindow - now;
  std::size_t count = 0;
  std::optional<LocalTime> first;
  for (const Failure& failure : failures_) {
    if (!failure.peer.same_address(peer)) continue;
    ++count;
    if (!first) first = failure.at;
  }
  if (count < kMaxPerAddress) return std::nullopt;
  return *first + kWindow - now;
}

void LoginLimit::failed(const Endpoint& peer, LocalTime now) {
  if (failures_.size() >= kMaxInAll) failures_.pop_front();
  failures_.push_back({peer, now});
}

}  // namespace pf::management
