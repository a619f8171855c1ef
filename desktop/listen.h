/* One line for what every handler of a wlroots signal needs. */
#ifndef PF_DESKTOP_LISTEN_H
#define PF_DESKTOP_LISTEN_H

#include <wayland-server-core.h>

static inline void pf_listen(struct wl_listener* listener, wl_notify_func_t notify,
                             struct wl_signal* signal) {
  listener->notify = notify;
  wl_signal_add(signal, listener);
}

#endif
