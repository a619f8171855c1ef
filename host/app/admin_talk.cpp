#include "host/app/admin_talk.h"

#include <cstdio>

#include "host/app/environment.h"
#include "host/app/options.h"

namespace pf::app {

using admin::AdminLink;

int complain(int exit_code, const std::string& sentence) {
  std::fprintf(stderr, "punktfunk-host: %s\n", sentence.c_str());
  return exit_code;
}

int complain(const Error& error) {
  if (error.kind == ErrorKind::unavailable) {
    return complain(kExitNoHost,
                    error.what + ". Start one: punktfunk-host serve --headless -- foot");
  }
  return complain(error.kind == ErrorKind::refused ? kExitRefused : kExitFailed, error.what);
}

int complain(const AdminLink::Refusal& refusal) {
  const int exit_code = refusal.code == "failed" ? kExitFailed : kExitRefused;
  return complain(exit_code, refusal.sentence);
}

void say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

Result<AdminLink> open_link(const AdminCommand& command) {
  if (!command.socket.empty()) return AdminLink::open({command.socket});
  PF_TRY(const auto paths, admin_sockets());
  return AdminLink::open(paths);
}

}  // namespace pf::app
