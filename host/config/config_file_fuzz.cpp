// The configuration file is written by people, but it is text from outside all the same: whatever
// it holds, the answer is a checked configuration or a sentence. The same bytes are tried after
// --set.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "host/config/config_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = pf::config::parse_config(text, "fuzz");
  if (!parsed && parsed.error().what.empty()) std::abort();
  if (parsed && (parsed->video.slices == 0 || parsed->video.fec_percent > 90)) std::abort();
  pf::config::HostConfig config;
  const auto applied = pf::config::apply_override(config, text);
  if (!applied && applied.error().what.empty()) std::abort();
  return 0;
}
