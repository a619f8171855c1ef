// Which bytes of a body somebody wants (RFC 9110 section 14). One range; who asks for several gets
// all, as that section allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace pf::http {

struct ByteRange {
  std::uint64_t first = 0, last = 0;  // both included
  bool operator==(const ByteRange&) const = default;
};
struct WholeBody {};    // no range, or nothing that one has to understand
struct NoSuchRange {};  // 416

// `header`: the value of Range, empty where there is none.
std::variant<WholeBody, ByteRange, NoSuchRange> parse_range(std::string_view header,
                                                            std::uint64_t body_bytes) noexcept;

}  // namespace pf::http
