/* Where the Wayland socket lies: the user's XDG_RUNTIME_DIR, or a private one (mode 0700) that goes
 * with us. */
#ifndef PF_DESKTOP_RUNTIME_DIR_H
#define PF_DESKTOP_RUNTIME_DIR_H

#include <stdbool.h>

/* Leaves XDG_RUNTIME_DIR set. Says why it cannot. */
bool pf_runtime_dir_open(void);

/* Removes the private one, if that was made, with whatever the command left in it. */
void pf_runtime_dir_close(void);

#endif
