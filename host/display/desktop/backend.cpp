#include "host/display/desktop/backend.h"

#include "host/display/desktop/desktop_display.h"
#include "host/display/desktop/lookup.h"

namespace pf::display::desktop {
namespace {

Result<void> probe(const DisplayRequest& typical) {
  PF_TRY_VOID(find_desktop_program());
  PF_TRY_VOID(check_user(typical.run_as));
  return typical.command.empty() ? Result<void>{}
                                 : check_command(typical.command.front(), typical.run_as);
}

Result<std::unique_ptr<VirtualDisplay>> open(const DisplayRequest& request) {
  PF_TRY(std::unique_ptr<DesktopDisplay> display, DesktopDisplay::open(request));
  return std::unique_ptr<VirtualDisplay>(std::move(display));
}

}  // namespace

DisplayBackend backend() { return {.name = "desktop", .probe = probe, .open = open}; }

}  // namespace pf::display::desktop
