#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/check.h"
#include "host/restore/change.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto changes = pf::restore::parse_changes(text);
  // What was understood survives being written (the texts of JSON are UTF-8).
  if (changes) {
    const auto again = pf::restore::parse_changes(pf::restore::write_changes(*changes));
    PF_CHECK(again && *again == *changes);
  }
  return 0;
}
