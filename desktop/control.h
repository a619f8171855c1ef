/* The host's orders (desktop/protocol.h, part 1). When the host's end closes, the desktop ends. */
#ifndef PF_DESKTOP_CONTROL_H
#define PF_DESKTOP_CONTROL_H

#include <stdbool.h>
#include <wayland-server-core.h>

struct pf_desktop;

struct pf_control {
  int fd; /* -1: started by hand, nobody orders */
  struct wl_event_source* readable;
};

/* Tells the host that we are ready. Says why it cannot. */
bool pf_control_open(struct pf_desktop* desktop, int fd);
void pf_control_close(struct pf_control* control);

/* `status` as in struct pf_desktop_command_ended. */
void pf_control_tell_command_ended(struct pf_control* control, int status);

#endif
