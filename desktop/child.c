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
  if (child->group == 0) return 0;
  int status;
  /* The command and what it left behind. Not Xwayland: libwlroots asks itself how that ended. */
  for (pid_t pid; (pid = waitpid(-child->group, &status, WNOHANG)) > 0;) {
    if (pid == child->group) child->status = as_shell_status(status);
  }
  if (child->status < 0) return 0;
  /* It went well, and what it has launched goes on. */
  if (child->status == 0 && kill(-child->group, 0) == 0) return 0;
  kill(-child->group, SIGTERM);
  child->group = 0;
  child->ended(child->data, child->status);
  return 0;
}

void pf_child_open(struct pf_child* child, struct wl_event_loop* loop, char** command,
                   const char* folder, void (*ended)(void* data, int status), void* data) {
  *child = (struct pf_child){
      .command = command, .folder = folder, .status = -1, .ended = ended, .data = data};
  /* What the command leaves behind becomes ours, so that its end is told to us. */
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  child->sigchld = wl_event_loop_add_signal(loop, SIGCHLD, on_sigchld, child);
}

/* In the new process. Does not return. */
static void become_command(char** command, const char* folder, pid_t desktop) {
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != desktop) _exit(NOT_STARTED); /* it died before the line above */
  /* The event loop blocks the signals it handles, and we ignore SIGPIPE. */
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  pf_priority_reset();
  if (folder != NULL && chdir(folder) != 0) {
    pf_say("cannot start the command '%s' in %s: %s", command[0], folder, strerror(errno));
    _exit(NOT_STARTED);
  }
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
  if (pid == 0) become_command(child->command, child->folder, desktop);
  if (pid > 0) {
    child->group = pid;
    return;
  }
  pf_say("cannot start the command '%s': %s", child->command[0], strerror(errno));
  child->ended(child->data, NOT_STARTED);
}

static bool gone_within(pid_t group, int patience_ms) {
  for (int waited_ms = 0;; waited_ms += 5) {
    while (waitpid(-group, NULL, WNOHANG) > 0) {
    }
    if (kill(-group, 0) != 0) return true;
    if (waited_ms >= patience_ms) return false;
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
  }
}

void pf_child_close(struct pf_child* child) {
  if (child->sigchld != NULL) wl_event_source_remove(child->sigchld);
  if (child->group == 0) return;
  kill(-child->group, SIGTERM);
  if (!gone_within(child->group, PATIENCE_MS)) {
    kill(-child->group, SIGKILL);
    gone_within(child->group, PATIENCE_MS);
  }
  child->group = 0;
}
