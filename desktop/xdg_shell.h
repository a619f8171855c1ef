/* Windows of Wayland programs: xdg-shell toplevels, their popups, and what frames them (nothing).
 */
#ifndef PF_DESKTOP_XDG_SHELL_H
#define PF_DESKTOP_XDG_SHELL_H

#include <stdbool.h>

struct pf_desktop;

bool pf_xdg_shell_open(struct pf_desktop* desktop);

#endif
