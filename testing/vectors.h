// Known answers: testing/vectors/*.json, described by the README beside them.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/hex.h"

namespace pf::testing {

inline nlohmann::json load_vectors(const std::string& name) {
  std::ifstream file(std::string(PF_TEST_DATA) + "/" + name);
  if (!file) throw std::runtime_error("missing test data: " + name);
  return nlohmann::json::parse(file);
}

inline std::vector<std::byte> unhex(const nlohmann::json& text) {
  auto bytes = from_hex(text.get<std::string>());
  if (!bytes) throw std::runtime_error("not hexadecimal: " + text.dump());
  return *bytes;
}

}  // namespace pf::testing
