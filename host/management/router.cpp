#include "host/management/router.h"

#include <algorithm>

#include "core/base/hex.h"

namespace pf::management {
namespace {

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The values of the pattern's names; empty: another path.
std::optional<std::vector<std::pair<std::string_view, std::string>>> match_path(
    std::string_view pattern, const std::vector<std::string_view>& parts) {
  const auto wanted = split(pattern, '/');
  if (wanted.size() != parts.size()) return std::nullopt;
  std::vector<std::pair<std::string_view, std::string>> values;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!wanted[i].starts_with('{')) {
      if (wanted[i] != parts[i]) return std::nullopt;
      continue;
    }
    auto value = percent_decode(parts[i]);
    if (!value || value->empty()) return std::nullopt;
    values.emplace_back(wanted[i].substr(1, wanted[i].size() - 2), *std::move(value));
  }
  return values;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> values;
  if (query.empty()) return values;
  for (const std::string_view one : split(query, '&')) {
    const std::size_t equals = one.find('=');
    const auto name = percent_decode(one.substr(0, equals));
    const auto value = percent_decode(equals == std::string_view::npos ? std::string_view{}
                                                                       : one.substr(equals + 1));
    if (name && value) values.emplace_back(*name, *value);
  }
  return values;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const auto byte = from_hex(text.substr(i + 1, 2));
      if (!byte || byte->size() != 1) return std::nullopt;
      c = static_cast<char>(byte->front());
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
    decoded += c;
  }
  return decoded;
}

std::variant<Match, NoSuchPath, OtherMethods> find_route(std::string_view method,
                                                         std::string_view target) {
  if (target.size() > kMaxTargetBytes) return NoSuchPath{};
  const bool at_root = !target.starts_with(kPrefix);
  if (!at_root) target.remove_prefix(kPrefix.size());
  const std::size_t mark = target.find('?');
  const auto parts = split(target.substr(0, mark), '/');
  if (method == "HEAD") method = "GET";
  OtherMethods others;
  for (const Route& route : routes()) {
    if (route.at_root != at_root) continue;
    auto values = match_path(route.path, parts);
    if (!values) continue;
    if (route.method == method) {
      return Match{&route, *std::move(values),
                   parse_query(mark == std::string_view::npos ? std::string_view{}
                                                              : target.substr(mark + 1))};
    }
    others.allowed += (others.allowed.empty() ? "" : ", ") + std::string(route.method);
  }
  if (others.allowed.empty()) return NoSuchPath{};
  return others;
}

}  // namespace pf::management
