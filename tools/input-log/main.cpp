// punktfunk-input-log: says what input a Wayland program gets (options.h, --help).
#include <poll.h>
#include <signal.h>

#include <cstdio>

#include "core/runtime/system_clock.h"
#include "core/runtime/unique_fd.h"
#include "tools/input-log/event_log.h"
#include "tools/input-log/options.h"
#include "tools/input-log/seat.h"
#include "tools/input-log/window.h"
#include "tools/wayland/end_signals.h"

namespace pf::input_log {
namespace {

Result<void> run(const Options& options) {
  const SystemClock clock;
  const UniqueFd signals = wayland::block_end_signals();
  signal(SIGPIPE, SIG_IGN);  // a reader that goes shows as a write that failed
  PF_TRY(EventLog log, EventLog::open(options.path, clock));
  PF_TRY(const std::unique_ptr<Window> window, Window::open(log));
  PF_TRY(const std::unique_ptr<Seat> seat, Seat::open(window->screen(), options.pointer, log));
  window->screen().show();
  while (!window->screen().closed()) {
    PF_TRY_VOID(window->screen().dispatch());
    if (log.broken()) return fail(ErrorKind::lost, "the log cannot be written any further");
    pollfd waits[] = {{window->screen().poll_handle(), POLLIN, 0}, {signals.get(), POLLIN, 0}};
    poll(waits, 2, -1);
    if (waits[1].revents != 0) break;
  }
  return {};
}

}  // namespace
}  // namespace pf::input_log

int main(int argc, char** argv) {
  using namespace pf::input_log;
  const auto options = parse_options({argv + 1, static_cast<std::size_t>(argc - 1)});
  if (!options) {
    std::fprintf(stderr, "punktfunk-input-log: %s\n", options.error().what.c_str());
    return 2;
  }
  if (options->help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (const auto ended = run(*options); !ended) {
    std::fprintf(stderr, "punktfunk-input-log: %s\n", ended.error().what.c_str());
    return 1;
  }
  return 0;
}
