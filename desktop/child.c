#include "desktop/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "desktop/priority.h"
#include "desktop/say.h"

/* How long a command may take to end itself. The host waits a second for all of us. */
#define PATIENCE_MS 400
#define NOT_STARTED 127

static int as_shell_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int on_sigchld(int signal_number, void* data) {
  struct pf_child* child = data;
  int status;
  if (child->pid == 0 || waitpid(child->pid, &status, WNOHANG) != child->pid) return 0;
  /* What it left behind in its group goes too. */
  kill(-child->pid, SIGTERM);
  child->pid = 0;
  child->ended(child->data, as_shell_status(status));
  return 0;
}

void pf_child_open(struct pf_child* child, struct wl_event_loop* loop, char** command,
                   void (*ended)(void* data, int status), void* data) {
  *child = (struct pf_child){.command = command, .ended = ended, .data = data};
  child->sigchld = wl_event_loop_add_signal(loop, SIGCHLD, on_sigchld, child);
}

/* In the new process. Does not return. */
static void become_command(char** command, pid_t desktop) {
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != desktop) _exit(NOT_STARTED); /* it died before the line above */
  /* The event loop blocks the signals it handles, and we ignore SIGPIPE. */
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  pf_priority_reset();
  execvp(command[0], command);
  pf_say("cannot start the command '%s': %s", command[0], strerror(errno));
  _exit(NOT_STARTED);
}

void pf_child_start(struct pf_child* child, const char* wayland_socket, const char* x11_display) {
  if (child->command == NULL || child->started) return;
  child->started = true;
  setenv("WAYLAND_DISPLAY", wayland_socket, 1);
  setenv("XDG_SESSION_TYPE", "wayland", 1);
  /* Never the X server of whoever started us. */
  if (x11_display != NULL)
    setenv("DISPLAY", x11_display, 1);
  else
    unsetenv("DISPLAY");
  unsetenv("XAUTHORITY");
  const pid_t desktop = getpid();
  const pid_t pid = fork();
  if (pid == 0) become_command(child->command, desktop);
  if (pid > 0) {
    child->pid = pid;
    return;
  }
  pf_say("cannot start the command '%s': %s", child->command[0], strerror(errno));
  child->ended(child->data, NOT_STARTED);
}

static bool gone_within(pid_t pid, int patience_ms) {
  for (int waited_ms = 0;; waited_ms += 5) {
    if (waitpid(pid, NULL, WNOHANG) != 0) return true;
    if (waited_ms >= patience_ms) return false;
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
  }
}

void pf_child_close(struct pf_child* child) {
  if (child->sigchld != NULL) wl_event_source_remove(child->sigchld);
  if (child->pid == 0) return;
  kill(-child->pid, SIGTERM);
  const bool gone = gone_within(child->pid, PATIENCE_MS);
  kill(-child->pid, SIGKILL);
  if (!gone) waitpid(child->pid, NULL, 0);
  child->pid = 0;
}
