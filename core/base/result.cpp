#include "core/base/result.h"

#include <cstring>

namespace pf {

const char* to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::lost:
      return "lost";
    case ErrorKind::timed_out:
      return "timed out";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::malformed:
      return "malformed";
    case ErrorKind::exhausted:
      return "exhausted";
    case ErrorKind::internal:
      return "internal";
  }
  return "unknown";
}

Failure fail_os(ErrorKind kind, int os_code, const std::string& what) {
  char words[128];
  // The GNU form returns the text, which may or may not be in `words`.
  return Failure(Error{kind, what + ": " + strerror_r(os_code, words, sizeof words), os_code});
}

}  // namespace pf
