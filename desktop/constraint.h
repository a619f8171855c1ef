/* Programs that hold the pointer (pointer-constraints-unstable-v1): games lock it in place and look
 * at its relative motion, or confine it to their window.
 *
 * A wish comes into force while its surface has both the keyboard and the pointer. */
#ifndef PF_DESKTOP_CONSTRAINT_H
#define PF_DESKTOP_CONSTRAINT_H

#include <stdbool.h>

struct pf_desktop;

bool pf_constraint_open(struct pf_desktop* desktop);

/* After the focus of pointer or keyboard moved. */
void pf_constraint_update(struct pf_desktop* desktop);

/* Whether the pointer may move at all; a confined one is kept in: then `x` and `y` (of the layout)
 * change. */
bool pf_constraint_allows(const struct pf_desktop* desktop, double* x, double* y);

#endif
