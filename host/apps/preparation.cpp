#include "host/apps/preparation.h"

#include <chrono>

#include "core/runtime/log.h"
#include "host/apps/command.h"

namespace pf::apps {

Result<void> Preparation::make() {
  const auto end = std::chrono::steady_clock::now() + kRunPatience;
  while (done_ < plan_.steps.size()) {
    const config::PrepStep& step = plan_.steps[done_];
    if (!step.run.empty()) {
      const Command command{.words = step.run, .folder = plan_.folder, .run_as = plan_.run_as};
      if (auto run = run_to_end(command, end - std::chrono::steady_clock::now()); !run) {
        undo();
        // Trying again would not mend it, and would keep the client waiting.
        return fail(ErrorKind::refused, "the application could not be prepared: {}",
                    run.error().what);
      }
    }
    ++done_;
  }
  return {};
}

void Preparation::undo() noexcept {
  while (done_ > 0) {
    const config::PrepStep& step = plan_.steps[--done_];
    if (step.undo.empty()) continue;
    const Command command{.words = step.undo, .folder = plan_.folder, .run_as = plan_.run_as};
    if (const auto run = run_to_end(command, kUndoPatience); !run)
      log::warning("apps", "not put back after an application: {}", run.error().what);
  }
}

}  // namespace pf::apps
