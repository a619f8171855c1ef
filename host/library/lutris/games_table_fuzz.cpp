// Databases of strangers.
#include "core/base/check.h"
#include "host/library/lutris/games_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto games =
      pf::library::lutris::read_games({reinterpret_cast<const std::byte*>(data), size}, 100);
  PF_CHECK(!games || games->size() <= 100);
  return 0;
}
