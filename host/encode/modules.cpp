#include "host/encode/modules.h"

#include <cstring>

#include "core/runtime/installed.h"

namespace pf::encode {

Result<const EncoderBackend*> load_module(std::string_view name) {
  using Entry = const EncoderModule* (*)() noexcept;
  const std::string file = fmt::format("punktfunk-encoder-{}.so", name);
  PF_TRY(void* const entry, load_installed_module(file, "punktfunk_encoder_module"));
  const EncoderModule* const module = reinterpret_cast<Entry>(entry)();
  if (module->interface != kModuleInterface || std::strcmp(module->build, kModuleBuild) != 0) {
    return fail(ErrorKind::unavailable,
                "{} belongs to another build of punktfunk: install both together", file);
  }
  return module->backend;
}

}  // namespace pf::encode
