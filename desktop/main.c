/* punktfunk-desktop: see options.c for what it does and desktop/README.md for how it is built. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <wlr/util/log.h>

#include "desktop/desktop.h"
#include "desktop/identity.h"
#include "desktop/options.h"
#include "desktop/output.h"
#include "desktop/priority.h"
#include "desktop/runtime_dir.h"
#include "desktop/say.h"

enum { EXIT_CANNOT_START = 1, EXIT_WRONG_OPTION = 2 };

static int on_end_signal(int signal_number, void* data) {
  pf_desktop_stop(data, 0);
  return 0;
}

static void on_command_ended(void* data, int status) {
  struct pf_desktop* desktop = data;
  if (desktop->control.fd >= 0)
    pf_control_tell_command_ended(&desktop->control, status);
  else
    pf_desktop_stop(desktop, status);
}

static bool add_outputs(struct pf_desktop* desktop, const struct pf_options* options) {
  for (uint32_t i = 0; i < options->output_count; ++i) {
    const struct pf_mode* mode = &options->outputs[i];
    if (pf_output_create(desktop, i, mode) == NULL)
      return pf_complain("cannot add an output of %u x %u", mode->width_px, mode->height_px);
  }
  return true;
}

static int run(struct pf_desktop* desktop, const struct pf_options* options) {
  struct wl_event_source* term =
      wl_event_loop_add_signal(desktop->loop, SIGTERM, on_end_signal, desktop);
  struct wl_event_source* interrupt =
      wl_event_loop_add_signal(desktop->loop, SIGINT, on_end_signal, desktop);
  pf_child_open(&desktop->child, desktop->loop, options->command, options->folder, on_command_ended,
                desktop);
  desktop->exit_status = EXIT_CANNOT_START;
  if (pf_control_open(desktop, options->control_fd) && add_outputs(desktop, options)) {
    const char* x11_display = pf_xwayland_display(desktop);
    if (options->control_fd < 0)
      pf_say("WAYLAND_DISPLAY=%s DISPLAY=%s", desktop->wayland_socket,
             x11_display != NULL ? x11_display : "");
    if (options->output_count > 0)
      pf_child_start(&desktop->child, desktop->wayland_socket, x11_display);
    wl_display_run(desktop->display);
  }
  pf_child_close(&desktop->child);
  pf_control_close(&desktop->control);
  wl_event_source_remove(term);
  wl_event_source_remove(interrupt);
  return desktop->exit_status;
}

int main(int argc, char** argv) {
  struct pf_options options;
  const enum pf_options_result parsed = pf_options_parse(&options, argc, argv);
  if (parsed == PF_OPTIONS_HELP) pf_options_help();
  if (parsed != PF_OPTIONS_OK) return parsed == PF_OPTIONS_HELP ? 0 : EXIT_WRONG_OPTION;
  pf_priority_raise();
  pf_xwayland_make_socket_dir();
  if (options.run_as != NULL && !pf_identity_become(options.run_as)) return EXIT_CANNOT_START;
  if (!pf_runtime_dir_open()) return EXIT_CANNOT_START;

  wlr_log_init(options.verbose ? WLR_DEBUG : WLR_ERROR, NULL);
  signal(SIGPIPE, SIG_IGN);
  static struct pf_desktop desktop;
  int status = EXIT_CANNOT_START;
  if (pf_desktop_open(&desktop)) {
    status = run(&desktop, &options);
    pf_desktop_close(&desktop);
  }
  pf_runtime_dir_close();
  return status;
}
