#include "client/app/complain.h"

#include <cstdio>

#include "client/app/exit_code.h"

namespace pf::client_app {

int complain(int exit_code, const std::string& sentence) {
  std::fprintf(stderr, "punktfunk: %s\n", sentence.c_str());
  return exit_code;
}

int complain(const Error& error) {
  return complain(error.kind == ErrorKind::malformed ? kExitUsage : kExitFailed, error.what);
}

}  // namespace pf::client_app
