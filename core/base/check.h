// Assertions about our own promises. Data from a peer, a file or a driver is never asserted on.
#pragma once

namespace pf::detail {
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;
}

// Always on. One condition each, close to where it could break.
#define PF_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::pf::detail::check_failed(#condition, __FILE__, __LINE__))

// For hot paths: on in builds without NDEBUG.
#ifdef NDEBUG
#define PF_DCHECK(condition) static_cast<void>(0)
#else
#define PF_DCHECK(condition) PF_CHECK(condition)
#endif
