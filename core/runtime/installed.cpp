#include "core/runtime/installed.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace pf {
namespace {

Result<std::string> own_folder() {
  std::array<char, 4096> link{};
  const ssize_t length = readlink("/proc/self/exe", link.data(), link.size() - 1);
  if (length < 0) return fail_os(ErrorKind::unavailable, errno, "cannot read /proc/self/exe");
  const std::string own(link.data(), static_cast<std::size_t>(length));
  return own.substr(0, own.rfind('/'));
}

bool is_file(const std::string& path, mode_t wanted) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         (wanted == 0 || (info.st_mode & wanted) != 0);
}

}  // namespace

Result<std::string> find_installed_program(std::string_view name) {
  PF_TRY(const std::string folder, own_folder());
  std::array places{fmt::format("{}/{}", folder, name),
                    fmt::format("{}/../libexec/punktfunk/{}", folder, name)};
  for (std::string& place : places)
    if (is_file(place, 0111)) return std::move(place);
  return fail(ErrorKind::unavailable, "{} is neither at {} nor at {}", name, places[0], places[1]);
}

Result<void*> load_installed_module(const std::string& file, const char* entry) {
  PF_TRY(const std::string folder, own_folder());
  for (const std::string& path :
       {fmt::format("{}/{}", folder, file), fmt::format("{}/../lib/punktfunk/{}", folder, file)}) {
    if (!is_file(path, 0)) continue;
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return fail(ErrorKind::unavailable, "{}", dlerror());
    void* const address = dlsym(library, entry);
    if (address == nullptr) return fail(ErrorKind::unavailable, "{} is no such module", path);
    return address;
  }
  return fail(ErrorKind::unavailable, "{} is not installed", file);
}

}  // namespace pf
