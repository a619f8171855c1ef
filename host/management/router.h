// From a method and a target to a row of the table. Pure: bytes of strangers, bounded cost.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "host/management/routes.h"

namespace pf::management {

// The longest path of ours has five parts, the longest part is a fingerprint.
inline constexpr std::size_t kMaxTargetBytes = 1024;

struct Match {
  const Route* route = nullptr;
  std::vector<std::pair<std::string_view, std::string>> path;  // what stands for {name}, decoded
  std::vector<std::pair<std::string, std::string>> query;
};
struct NoSuchPath {};
struct OtherMethods {   // the path exists
  std::string allowed;  // for the Allow header
};

// HEAD is GET.
std::variant<Match, NoSuchPath, OtherMethods> find_route(std::string_view method,
                                                         std::string_view target);

// RFC 3986 section 2.1. Empty: a broken escape, or a control character.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace pf::management
