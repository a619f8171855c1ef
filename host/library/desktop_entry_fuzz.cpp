// Menu files of strangers: whatever they say, a command is words, the program first.
#include "core/base/check.h"
#include "host/library/desktop_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto entry = pf::library::parse_desktop_entry({reinterpret_cast<const char*>(data), size});
  if (!entry) return 0;
  const auto command = pf::library::command_of(*entry, "/menu/a.desktop");
  PF_CHECK(!command || (!command->empty() && !command->front().empty()));
  return 0;
}
