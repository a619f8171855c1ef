// Passwords as a program may keep them: Argon2id (RFC 9106), so that whoever steals the file has to
// pay for each guess. Slow on purpose: a tenth of a second and kPasswordMemoryBytes for a call.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace pf::crypto {

// OWASP's second choice for Argon2id (19 MiB, two passes): the host stays a small program.
inline constexpr std::size_t kPasswordMemoryBytes = std::size_t{19} << 20;
inline constexpr unsigned long long kPasswordPasses = 2;
// Longer ones only cost time.
inline constexpr std::size_t kMaxPasswordBytes = 256;

// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash"; the salt is libsodium's. `exhausted`: no memory.
Result<std::string> hash_password(std::string_view password);

// False also for a hash that is none.
bool verify_password(const std::string& hash, std::string_view password) noexcept;

}  // namespace pf::crypto
