#include "host/admin/unix_address.h"

#include <sys/socket.h>

namespace pf::admin {

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) {
    return fail(ErrorKind::refused,
                "{} is too long for a socket's name: set XDG_RUNTIME_DIR to a shorter path", path);
  }
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  return address;
}

}  // namespace pf::admin
