#include "client/decode/modules.h"

#include <cstring>

#include "core/runtime/installed.h"

namespace pf::decode {

Result<const DecoderModule*> load_module(std::string_view name) {
  using Entry = const DecoderModule* (*)() noexcept;
  const std::string file = fmt::format("punktfunk-decoder-{}.so", name);
  PF_TRY(void* const entry, load_installed_module(file, "punktfunk_decoder_module"));
  const DecoderModule* const module = reinterpret_cast<Entry>(entry)();
  if (module->interface != kModuleInterface || std::strcmp(module->build, kModuleBuild) != 0) {
    return fail(ErrorKind::unavailable,
                "{} belongs to another build of punktfunk: install both together", file);
  }
  return module;
}

}  // namespace pf::decode
