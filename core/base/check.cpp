#include "core/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace pf::detail {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "punktfunk: broken promise at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace pf::detail
