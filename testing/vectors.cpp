#include "testing/vectors.h"

#include <fstream>
#include <stdexcept>

// Here once, so that not every test compiles it again.
template class nlohmann::basic_json<>;

namespace pf::testing {

nlohmann::json load_vectors(const std::string& name) {
  std::ifstream file(std::string(PF_TEST_DATA) + "/" + name);
  if (!file) throw std::runtime_error("missing test data: " + name);
  return nlohmann::json::parse(file);
}

std::vector<std::byte> unhex(const nlohmann::json& text) {
  auto bytes = from_hex(text.get<std::string>());
  if (!bytes) throw std::runtime_error("not hexadecimal: " + text.dump());
  return *bytes;
}

}  // namespace pf::testing
