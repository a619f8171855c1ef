// Who may administer the host over the network: one password and a few tokens, on disk in
// $XDG_STATE_HOME/punktfunk/management.json, mode 0600. Neither can be read back from the file: of
// the password it has an Argon2id hash, of tokens (256 random bits) SHA-256.
//
//   {"version": 1, "password": "$argon2id$…", "tokens": [{"id": "8 hex digits", "name": "backup",
//     "scope": "read", "made_at_s": …, "expires_at_s": …, "sha256": "64 hex digits"}]}
//
// Any thread; calls that change something wait for the disk, check_password() for the processor.
// Every save replaces the whole file. A file that is there but is not whole is an error and is
// never overwritten.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/crypto/sha256.h"

namespace pf::access {

// Each may do what those before it may.
enum class Scope : std::uint8_t {
  read,     // look at everything that is no secret
  control,  // end sessions, let devices in
  admin,    // change devices, tokens and settings
};
std::string_view to_string(Scope scope) noexcept;
std::optional<Scope> parse_scope(std::string_view name) noexcept;

struct Token {
  std::string id;    // to speak of it by; no secret
  std::string name;  // what it is for, in its maker's words
  Scope scope = Scope::read;
  WireTime made_at;
  std::optional<WireTime> expires_at;  // none: never
  crypto::Sha256 hash{};
};

// A script or two for each of a few machines. Bounds the file and the search for a token.
inline constexpr std::size_t kMaxTokens = 64;
inline constexpr std::size_t kMaxTokenNameBytes = 64;

class AccessStore {
 public:
  // With what `state_dir`/management.json says; a missing file is no password and no tokens. `rng`
  // is good for keys, is used under the lock, and outlives the store.
  static Result<std::unique_ptr<AccessStore>> open(const std::string& state_dir, Rng& rng);

  struct NewToken {
    Token token;
    std::string secret;  // "pf_…": told now and never again
  };
  // `exhausted` at kMaxTokens.
  Result<NewToken> create_token(std::string_view name, Scope scope,
                                std::optional<WireTime> expires_at, WireTime now);
  std::vector<Token> tokens() const;                // in the order of making
  Result<Token> revoke_token(std::string_view id);  // `unavailable`: there is none
  // Empty: not one of ours, or it has expired.
  std::optional<Token> check_token(std::string_view secret, WireTime now) const;

  bool has_password() const;
  // A new one in place of the old; told now and never again.
  Result<std::string> make_password();
  bool check_password(std::string_view password) const;
  // Grows with every new password: who logged in with an older one is not logged in any more.
  std::uint64_t password_generation() const noexcept { return password_generation_; }

 private:
  struct Content {
    std::string password_hash;  // empty: nobody can log in
    std::vector<Token> tokens;
  };
  AccessStore(std::string path, Content content, Rng& rng)
      : path_(std::move(path)), content_(std::move(content)), rng_(rng) {}
  static std::string write(const Content& content);
  static Result<Content> parse(std::string_view text);
  Result<void> save(Content content);  // under the lock

  const std::string path_;
  std::atomic<std::uint64_t> password_generation_{0};
  mutable std::mutex mutex_;  // guards everything below
  Content content_;
  Rng& rng_;
};

}  // namespace pf::access
