/* Touch screens: fingers that the host tells of (desktop/protocol.h, part 3).
 *
 * The seat has the capability only while there is a channel: programs offer other controls to whom
 * may touch. A finger stays with the surface that it came down on, wherever it goes. */
#ifndef PF_DESKTOP_TOUCH_H
#define PF_DESKTOP_TOUCH_H

#include <stdbool.h>
#include <stdint.h>

#include "desktop/protocol.h"

struct pf_desktop;
struct pf_touch_channel;

struct pf_touch {
  struct pf_touch_channel* channels[PF_TOUCH_MAX_CHANNELS]; /* NULL: that place is free */
};

/* Takes `channel` over, also when it answers false. Its coordinates are those of that output, also
 * when the output has gone and one of that number comes again. */
bool pf_touch_join(struct pf_desktop* desktop, uint32_t output, int channel);

/* Cancels everything. Before the seat goes. */
void pf_touch_close(struct pf_desktop* desktop);

#endif
