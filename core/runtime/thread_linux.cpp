// How roles map to scheduling on Linux.
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/runtime/supervised_thread.h"

namespace pf {
namespace {

// Below PipeWire's own threads (88, and 83 by rtkit), which ours feed.
constexpr int kSoundPriority = 20;
constexpr int kFrameNice = -10;
// Sound and input pass through control threads. Less than frames, because whoever is that much more
// urgent than the desktop drives it to another core with every movement of a mouse: a seventh of
// what those cost.
constexpr int kControlNice = -5;

}  // namespace

void enter_role(const ThreadSpec& spec) noexcept {
  // The kernel keeps 15 characters; the last word tells the most ("session 3 video" -> "video").
  const std::size_t space = spec.name.rfind(' ');
  const std::string shown =
      "pf-" + (space == std::string::npos ? spec.name : spec.name.substr(space + 1));
  pthread_setname_np(pthread_self(), shown.substr(0, 15).c_str());
  // Without permission the thread simply stays as it is.
  if (spec.role == ThreadRole::sound) {
    const sched_param urgency{kSoundPriority};
    if (pthread_setschedparam(pthread_self(), SCHED_RR, &urgency) == 0) return;
  }
  // Real-time scheduling would let a software encoder starve the compositor it waits for on a small
  // machine; a nice level does not.
  if (spec.role != ThreadRole::background)
    setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)),
                spec.role == ThreadRole::control ? kControlNice : kFrameNice);
}

}  // namespace pf
