#include "host/input/wlr/keymap_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace pf::input::wlr {

Result<UniqueFd> keymap_file(std::string_view text) {
  UniqueFd file(memfd_create("keymap", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const std::string with_end = std::string(text) + '\0';
  const bool written = file && write(file.get(), with_end.data(), with_end.size()) ==
                                   static_cast<ssize_t>(with_end.size());
  if (!written) return fail_os(ErrorKind::exhausted, errno, "no memory for a keymap");
  fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  return file;
}

}  // namespace pf::input::wlr
