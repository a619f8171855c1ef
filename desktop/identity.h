/* Who the desktop and its command run as. */
#ifndef PF_DESKTOP_IDENTITY_H
#define PF_DESKTOP_IDENTITY_H

#include <stdbool.h>

/* From root to `user`, for ever: groups, ids, a fresh environment (as a login has it) and the home
 * folder. Call it before anything is opened. Says why it cannot. */
bool pf_identity_become(const char* user);

#endif
