#include "host/apps/app_display.h"

#include <utility>

namespace pf::apps {

display::DisplayRequest display_for(const App& app, const DisplayMode& client_mode,
                                    std::string run_as) {
  return {.mode = app.mode.value_or(client_mode),
          .command = app.command,
          .run_as = std::move(run_as),
          .folder = app.working_folder,
          .outlives_command = !app.ends_session,
          .prep = app.prep};
}

}  // namespace pf::apps
