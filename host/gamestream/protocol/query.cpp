#include "host/gamestream/protocol/query.h"

#include <algorithm>
#include <charconv>

#include "core/base/hex.h"

namespace pf::gamestream {
namespace {

std::optional<unsigned> hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

// RFC 3986 section 2.1, and the plus sign of forms. Control characters have no business in any
// value and would find their way into logs.
std::optional<std::string> unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i] == '+' ? ' ' : text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const auto high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      c = static_cast<char>(*high << 4 | *low);
      i += 2;
    }
    const bool line_break = c == '\n' || c == '\r';  // in a PEM text that was not made hexadecimal
    if (static_cast<unsigned char>(c) < 0x20 && !line_break) return std::nullopt;
    plain.push_back(c);
  }
  return plain;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

std::optional<Query> Query::parse(std::string_view target) {
  if (target.size() > kMaxTargetBytes || target.empty() || target.front() != '/')
    return std::nullopt;
  Query query;
  const std::size_t mark = target.find('?');
  query.path_ = target.substr(0, mark);
  std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  std::size_t count = 0;
  while (!rest.empty()) {
    if (++count > kMaxParameters) return std::nullopt;
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = unescape(pair.substr(0, equals));
    auto value = unescape(equals < pair.size() ? pair.substr(equals + 1) : "");
    if (!name || !value) return std::nullopt;
    if (!name->empty()) query.values_.emplace(lower(*name), *std::move(value));
  }
  return query;
}

std::optional<std::string_view> Query::text(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::int32_t> Query::number(std::string_view name) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  std::int32_t number = 0;
  const char* const end = value->data() + value->size();
  const auto [rest, error] = std::from_chars(value->data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

std::optional<std::vector<std::byte>> Query::bytes(std::string_view name) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  return from_hex(*value);
}

}  // namespace pf::gamestream
