#include "host/app/host_id.h"

#include <unistd.h>

#include <array>

#include "core/base/hex.h"
#include "core/runtime/files.h"

namespace pf::app {

Result<std::string> load_or_make_host_id(const std::string& folder, Rng& rng) {
  constexpr std::size_t kIdBytes = 16;
  const std::string path = folder + "/host-id";
  if (::access(path.c_str(), F_OK) == 0) {
    PF_TRY(std::string text, read_small_file(path));
    const auto id = from_hex(std::string_view(text).substr(0, text.find('\n')));
    if (id && id->size() == kIdBytes) return to_hex(*id);
    return fail(ErrorKind::refused,
                "{} is no host id of {} hexadecimal digits: remove it to get a new one", path,
                2 * kIdBytes);
  }
  std::array<std::byte, kIdBytes> id;
  rng.fill(id);
  PF_TRY_VOID(replace_file(path, to_hex(id) + "\n", FileMode::shared));
  return to_hex(id);
}

std::string machine_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

std::string display_name(const config::HostConfig& config) {
  return config.network.name.empty() ? machine_name() : config.network.name;
}

}  // namespace pf::app
