/* How soon the scheduler lets us work when a refresh is due. */
#ifndef PF_DESKTOP_PRIORITY_H
#define PF_DESKTOP_PRIORITY_H

/* Above the applications, if we may (root may, and who has RLIMIT_NICE); call it before giving up
 * root. We work for half a millisecond per refresh, and everybody waits for it. */
void pf_priority_raise(void);

/* For the command: what everybody has. */
void pf_priority_reset(void);

#endif
