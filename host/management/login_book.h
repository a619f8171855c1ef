// Who is logged in with the password, and how often strangers may guess it. Pure: time and
// randomness are arguments; one thread.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/endpoint.h"
#include "core/base/rng.h"
#include "core/base/time.h"

namespace pf::management {

struct Login {
  std::string cookie;      // 256 bits: whoever shows it is logged in
  std::string csrf_token;  // what a page of ours knows, and a foreign page does not
  std::uint64_t password_generation = 0;
  LocalTime until, last_used;
};

class LoginBook {
 public:
  static constexpr std::size_t kMaxLogins = 32;  // the one that was used least recently gives way
  static constexpr Nanos kLifetime = std::chrono::hours(12);
  static constexpr Nanos kIdle = std::chrono::hours(1);

  const Login& add(std::uint64_t password_generation, Rng& rng, LocalTime now);
  // Counts as use. nullptr: nobody, or not any more. `password_generation` is today's.
  const Login* find(std::string_view cookie, std::uint64_t password_generation, LocalTime now);
  // The same for who only watches: it counts as no use.
  bool knows(std::string_view cookie, std::uint64_t password_generation, LocalTime now);
  void remove(std::string_view cookie);

 private:
  Login* valid(std::string_view cookie, std::uint64_t password_generation, LocalTime now);

  std::vector<Login> logins_;
};

// A password of 96 bits needs no protection from being guessed; the processor does, since every
// guess costs a tenth of a second, and so does a password that somebody chose himself.
class LoginLimit {
 public:
  static constexpr Nanos kWindow = seconds(60);
  static constexpr std::size_t kMaxPerAddress = 5;  // failures within the window
  static constexpr std::size_t kMaxInAll = 20;

  // Empty: go on. Else how long to wait.
  std::optional<Nanos> must_wait(const Endpoint& peer, LocalTime now);
  void failed(const Endpoint& peer, LocalTime now);

 private:
  struct Failure {
    Endpoint peer;
    LocalTime at;
  };
  std::deque<Failure> failures_;  // oldest first; at most kMaxInAll
};

}  // namespace pf::management
