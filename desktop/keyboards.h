/* The seat's keyboards: an own one, which is there from the start and stays, and those of the
 * virtual keyboard protocol. */
#ifndef PF_DESKTOP_KEYBOARDS_H
#define PF_DESKTOP_KEYBOARDS_H

#include <stdbool.h>

struct pf_desktop;

bool pf_keyboards_open(struct pf_desktop* desktop);
void pf_keyboards_close(struct pf_desktop* desktop);

#endif
