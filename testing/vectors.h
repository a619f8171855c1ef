// Known answers: testing/vectors/*.json, described by the README beside them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/hex.h"  // the vectors are hexadecimal: to_hex for whoever compares

// Compiled in vectors.cpp: every test that does so again pays seconds.
extern template class nlohmann::basic_json<>;

namespace pf::testing {

// One file of them; ends the test when it is missing.
nlohmann::json load_vectors(const std::string& name);

// The bytes of a string in hexadecimal.
std::vector<std::byte> unhex(const nlohmann::json& text);

}  // namespace pf::testing
