/* Windows of X11 programs. Most are views like any other. Those which ask window managers to keep
 * off (override-redirect: menus, tooltips) lie where they want, above all views. */
#ifndef PF_DESKTOP_X11_H
#define PF_DESKTOP_X11_H

struct pf_desktop;
struct wlr_surface;
struct wlr_xwayland_surface;

/* Lives as long as that surface does. */
void pf_x11_add_window(struct pf_desktop* desktop, struct wlr_xwayland_surface* x11);

/* The newest override-redirect window that wants the keyboard (a launcher, a game of old), or NULL.
 */
struct wlr_surface* pf_x11_keyboard_claim(struct pf_desktop* desktop);

#endif
