#include "client/input_script/input_script.h"
#include "core/base/check.h"

// Steps are in the order of their times and within the script.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto script = pf::input_script::parse_input_script(text, {1280, 720});
  if (!script) return 0;
  pf::Nanos last{0};
  for (const auto& step : script->steps) {
    PF_CHECK(step.at >= last && step.at <= script->length && step.line >= 1);
    last = step.at;
  }
  return 0;
}
