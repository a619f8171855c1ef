// What an nvhttp request asks for: the path and the query of its target
// (docs/protocol/gamestream.md section 2). Bytes of strangers: everything is bounded, what does not
// parse is no request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pf::gamestream {

class Query {
 public:
  static constexpr std::size_t kMaxTargetBytes = 32
                                                 << 10;  // a certificate in hexadecimal is 2.6 kB
  static constexpr std::size_t kMaxParameters = 64;      // a launch has about 20

  // Empty: too long, too many parameters, a broken escape, or a control character in a value.
  static std::optional<Query> parse(std::string_view target);

  const std::string& path() const noexcept { return path_; }

  // Names are matched in lower case; of two values for one name the first counts.
  std::optional<std::string_view> text(std::string_view name) const;
  // Decimal, the whole value; empty: not there, no number, or outside the type.
  std::optional<std::int32_t> number(std::string_view name) const;
  // Hexadecimal; empty: not there, or not that.
  std::optional<std::vector<std::byte>> bytes(std::string_view name) const;
  bool has(std::string_view name) const { return text(name).has_value(); }

 private:
  std::string path_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace pf::gamestream
