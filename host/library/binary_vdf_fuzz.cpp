// Steam's binary files (shortcuts.vdf), as anybody may have left them.
#include "host/library/vdf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = pf::library::parse_binary_vdf({reinterpret_cast<const std::byte*>(data), size});
  if (file)
    for (const auto& node : file->children) static_cast<void>(file->number(node.key));
  return 0;
}
