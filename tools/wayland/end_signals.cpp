#include "tools/wayland/end_signals.h"

#include <signal.h>
#include <sys/signalfd.h>

namespace pf::wayland {

UniqueFd block_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

}  // namespace pf::wayland
