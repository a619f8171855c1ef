// Steam's text files, as anybody may have left them.
#include "host/library/vdf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = pf::library::parse_text_vdf({reinterpret_cast<const char*>(data), size});
  if (file)
    for (const auto& node : file->children) static_cast<void>(file->number(node.key));
  return 0;
}
