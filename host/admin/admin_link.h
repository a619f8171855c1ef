// Asks a running host through its administration socket. One thread; calls block until the answer
// is there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/runtime/unique_fd.h"

namespace pf::admin {

class AdminLink {
 public:
  // The first of these paths where a host answers. `unavailable`: none runs; `refused`: one does,
  // but not for us.
  static Result<AdminLink> open(const std::vector<std::string>& paths);

  // What the host said no to, in its own words and with its code (requests.h, error_code()).
  struct Refusal {
    std::string code;
    std::string sentence;
  };
  // `lost` and `malformed`: the host went away in the middle, or talks nonsense.
  Result<tl::expected<nlohmann::ordered_json, Refusal>> ask(
      const std::string& op, const nlohmann::ordered_json& arguments);

 private:
  explicit AdminLink(UniqueFd fd) noexcept : fd_(std::move(fd)) {}
  Result<std::string> read_line();

  UniqueFd fd_;
  std::string rest_;  // received after the last line
};

}  // namespace pf::admin
