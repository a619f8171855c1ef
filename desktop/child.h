/* The command of the desktop: started, watched, ended. It leads a session and process group of its
 * own, which ends with the desktop, also when the desktop is killed. It has ended when the whole
 * group has, for what launches a program and goes is not over; one that fails takes its group
 * along. */
#ifndef PF_DESKTOP_CHILD_H
#define PF_DESKTOP_CHILD_H

#include <stdbool.h>
#include <sys/types.h>
#include <wayland-server-core.h>

struct pf_child {
  char** command;     /* NULL: none. Borrowed */
  const char* folder; /* where it starts; NULL: here. Borrowed */
  pid_t group;        /* 0: not running */
  int status;         /* of the command itself; -1: it runs */
  bool started;
  void (*ended)(void* data, int status); /* as a shell counts: 128 + signal; 127: not started */
  void* data;
  struct wl_event_source* sigchld;
};

void pf_child_open(struct pf_child* child, struct wl_event_loop* loop, char** command,
                   const char* folder, void (*ended)(void* data, int status), void* data);

/* Starts the command once; later calls do nothing. `x11_display` NULL: there is none for it. */
void pf_child_start(struct pf_child* child, const char* wayland_socket, const char* x11_display);

/* Ends the whole process group: asks, waits a moment, insists. */
void pf_child_close(struct pf_child* child);

#endif
