// Errors as values. `kind` tells the supervisor what to do next, `what` tells a person.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <tl/expected.hpp>

namespace pf {

enum class ErrorKind : std::uint8_t {
  unavailable,  // not on this machine: try the next backend
  lost,         // it worked and went away: close, wait, open again
  timed_out,    // same, but nobody told us
  refused,      // permission or policy: say so, do not retry
  malformed,    // the peer or a file said nonsense
  exhausted,    // a bound was reached
  internal,     // a library broke its own contract
};

const char* to_string(ErrorKind kind) noexcept;

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string what;  // one sentence a user can act on, with the names and numbers of this case
  int os_code = 0;   // errno where the system said no, else 0
};

template <class T>
using Result = tl::expected<T, Error>;

using Failure = tl::unexpected<Error>;

// `return fail(ErrorKind::refused, "port {} is taken: choose another with --port", port);`
template <class... Args>
[[nodiscard]] Failure fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  return Failure(Error{kind, fmt::format(format, std::forward<Args>(args)...), 0});
}

// The same for a system call that just failed: appends the system's own words for `os_code`.
[[nodiscard]] Failure fail_os(ErrorKind kind, int os_code, const std::string& what);

}  // namespace pf

#define PF_CONCAT_(a, b) a##b
#define PF_CONCAT(a, b) PF_CONCAT_(a, b)

// PF_TRY(auto x, expression): unwraps a Result or returns its error. Two plain statements, so one
// per line and inside braces.
#define PF_TRY(declaration, expression)                                       \
  auto PF_CONCAT(pf_try_, __LINE__) = (expression);                           \
  if (!PF_CONCAT(pf_try_, __LINE__))                                          \
    return ::tl::unexpected(std::move(PF_CONCAT(pf_try_, __LINE__)).error()); \
  declaration = *std::move(PF_CONCAT(pf_try_, __LINE__))

#define PF_TRY_VOID(expression)                                                    \
  do {                                                                             \
    auto pf_try_result = (expression);                                             \
    if (!pf_try_result) return ::tl::unexpected(std::move(pf_try_result).error()); \
  } while (false)
