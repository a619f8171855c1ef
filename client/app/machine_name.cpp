#include "client/app/machine_name.h"

#include <unistd.h>

namespace pf::client_app {

std::string machine_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "punktfunk";
}

}  // namespace pf::client_app
