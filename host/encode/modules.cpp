#include "host/encode/modules.h"

#include <dlfcn.h>

#include <cstring>
#include <filesystem>

namespace pf::encode {
namespace {

namespace fs = std::filesystem;

fs::path find_module(const std::string& file) {
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& candidate : {folder / file, folder / "../lib/punktfunk" / file}) {
    if (fs::exists(candidate, ignored)) return candidate;
  }
  return {};
}

Result<const EncoderModule*> enter(void* library, const fs::path& path) {
  using Entry = const EncoderModule* (*)() noexcept;
  const auto entry = reinterpret_cast<Entry>(dlsym(library, "punktfunk_encoder_module"));
  if (entry == nullptr) {
    return fail(ErrorKind::unavailable, "{} is not an encoder module", path.string());
  }
  const EncoderModule* const module = entry();
  if (module->interface != kModuleInterface || std::strcmp(module->build, kModuleBuild) != 0) {
    return fail(ErrorKind::unavailable,
                "{} belongs to another build of punktfunk: install both together", path.string());
  }
  return module;
}

}  // namespace

Result<const EncoderBackend*> load_module(std::string_view name) {
  const std::string file = fmt::format("punktfunk-encoder-{}.so", name);
  const fs::path path = find_module(file);
  if (path.empty()) return fail(ErrorKind::unavailable, "{} is not installed", file);
  // Never closed: encoders and error texts of the module may outlive whoever asked for it.
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return fail(ErrorKind::unavailable, "{}", dlerror());
  PF_TRY(const EncoderModule* const module, enter(library, path));
  return module->backend;
}

}  // namespace pf::encode
