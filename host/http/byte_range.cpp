#include "host/http/byte_range.h"

#include <algorithm>
#include <charconv>

namespace pf::http {
namespace {

std::optional<std::uint64_t> number(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::variant<WholeBody, ByteRange, NoSuchRange> parse_range(std::string_view header,
                                                            std::uint64_t body_bytes) noexcept {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return WholeBody{};
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos || header.find(',') != std::string_view::npos)
    return WholeBody{};
  const std::string_view from = header.substr(0, dash), to = header.substr(dash + 1);
  if (from.empty()) {  // the last so many
    const auto count = number(to);
    if (!count) return WholeBody{};
    if (*count == 0 || body_bytes == 0) return NoSuchRange{};
    return ByteRange{body_bytes - std::min(*count, body_bytes), body_bytes - 1};
  }
  const auto first = number(from), last = to.empty() ? std::optional(UINT64_MAX) : number(to);
  if (!first || !last || *last < *first) return WholeBody{};
  if (*first >= body_bytes) return NoSuchRange{};
  return ByteRange{*first, std::min(*last, body_bytes - 1)};
}

}  // namespace pf::http
