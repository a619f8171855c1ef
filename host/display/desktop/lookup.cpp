#include "host/display/desktop/lookup.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

#include "core/runtime/installed.h"

namespace pf::display::desktop {
namespace {

// What punktfunk-desktop gives to another user (desktop/identity.c), and what execvp() takes
// without a PATH.
constexpr std::string_view kLoginPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";
constexpr std::string_view kDefaultPath = "/bin:/usr/bin";

bool is_program(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 0111) != 0;
}

bool found_in(std::string_view folders, const std::string& name) {
  while (true) {
    const std::size_t colon = folders.find(':');
    const std::string_view folder = folders.substr(0, colon);
    // An empty entry means the current folder, as everywhere.
    if (is_program(std::string(folder.empty() ? "." : folder) + "/" + name)) return true;
    if (colon == std::string_view::npos) return false;
    folders.remove_prefix(colon + 1);
  }
}

}  // namespace

Result<std::string> find_desktop_program() { return find_installed_program("punktfunk-desktop"); }

Result<void> check_command(const std::string& command, const std::string& run_as) {
  bool found = false;
  if (command.find('/') != std::string::npos) {
    found = is_program(command);
  } else if (!run_as.empty()) {
    found = found_in(kLoginPath, command);
  } else {
    const char* path = std::getenv("PATH");
    found = found_in(path != nullptr ? path : kDefaultPath, command);
  }
  if (found) return {};
  return fail(ErrorKind::refused, "there is no program '{}' to start in the desktop", command);
}

Result<void> check_user(const std::string& run_as) {
  if (run_as.empty()) return {};
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> space{};
  getpwnam_r(run_as.c_str(), &entry, space.data(), space.size(), &found);
  if (found == nullptr)
    return fail(ErrorKind::refused, "there is no user '{}' to run the desktop as", run_as);
  if (geteuid() != 0 && geteuid() != entry.pw_uid)
    return fail(ErrorKind::refused, "only root can run the desktop as another user ('{}')", run_as);
  return {};
}

}  // namespace pf::display::desktop
