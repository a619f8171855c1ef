// The JSON files of Heroic and its stores, as anybody may have left them.
#include "core/base/check.h"
#include "host/library/entry.h"
#include "host/library/heroic/stores.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto games = pf::library::heroic::parse_games(text);
  PF_CHECK(!games || games->size() <= pf::library::kMaxEntries);
  static_cast<void>(pf::library::heroic::parse_installed(text));
  static_cast<void>(pf::library::heroic::parse_played(text));
  return 0;
}
