#include "desktop/xwayland.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wlr/types/wlr_xcursor_manager.h>
#include <wlr/util/log.h>
#include <wlr/xwayland.h>

#include "desktop/desktop.h"
#include "desktop/listen.h"
#include "desktop/say.h"
#include "desktop/x11.h"

/* How long after a failed start the next one is made possible. X11 programs give up by then, so
 * that a broken Xwayland is not started in a circle. */
#define RETRY_MS 500

#define SOCKET_DIR "/tmp/.X11-unix"

void pf_xwayland_make_socket_dir(void) {
  mkdir(SOCKET_DIR, 01777);
  const int folder = open(SOCKET_DIR, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat info;
  if (folder < 0) return;
  /* As the system makes it where it boots with X11. One that belongs to a user serves only that
   * one. */
  const bool ours = fstat(folder, &info) == 0 && (info.st_uid == geteuid() || geteuid() == 0);
  if (ours && (info.st_uid != geteuid() || (info.st_mode & 07777) != 01777)) {
    fchownat(folder, "", geteuid(), getegid(), AT_EMPTY_PATH);
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
    chmod(path, 01777);
  }
  close(folder);
}

/* libwlroots would say so once for each of 33 displays. */
static bool may_have_sockets(void) {
  struct stat info;
  if (lstat(SOCKET_DIR, &info) != 0) return true;
  return (S_ISDIR(info.st_mode) && (info.st_uid == 0 || info.st_uid == geteuid())) ||
         pf_complain("no X11 programs here: %s is not root's, nor ours", SOCKET_DIR);
}

static void show_arrow(struct pf_desktop* desktop) {
  struct wlr_xcursor* arrow =
      wlr_xcursor_manager_get_xcursor(desktop->seat.pointer.cursor_theme, "left_ptr", 1);
  if (arrow == NULL || arrow->image_count == 0) return;
  const struct wlr_xcursor_image* image = arrow->images[0];
  wlr_xwayland_set_cursor(desktop->xwayland.wlr, image->buffer, image->width * 4, image->width,
                          image->height, (int32_t)image->hotspot_x, (int32_t)image->hotspot_y);
}

static void on_ready(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, xwayland.ready);
  struct wlr_xwayland_server* server = desktop->xwayland.wlr->server;
  /* libwlroots 0.15 hands this descriptor to its window manager, which closes it, and closes it
   * once more itself when Xwayland ends: it may be somebody else's by then. */
  desktop->xwayland.window_manager = server->wm_fd[0];
  server->wm_fd[0] = -1;
  /* And it does not restart a server that lived for less than five seconds: let it be old. */
  server->server_start = 0;
  wlr_xwayland_set_seat(desktop->xwayland.wlr, desktop->seat.wlr);
  show_arrow(desktop);
}

static void on_new_surface(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, xwayland.new_surface);
  pf_x11_add_window(desktop, data);
}

/* libwlroots is about to start Xwayland. A global, since fork() hands nothing to its handlers. */
static bool starting;
static pid_t desktop_process;

/* In the process that becomes Xwayland, and in the one between, which libwlroots keeps until X is
 * ready. libwlroots asks it for a core file of whatever ends it, which would lie about in the
 * user's folder; and on each start, and at each new keymap, it says that keys beyond 255 are not
 * for X11 and that there is no GPU. */
static void in_new_process(void) {
  if (!starting) return;
  /* The one between has all our descriptors: were we killed, Xwayland would never see our end of
   * its connection close, and both would stay for ever. */
  if (getppid() == desktop_process) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != desktop_process) _exit(1);
  }
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  sigset_t none; /* our event loop blocks what it handles */
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  const int silence = wlr_log_get_verbosity() > WLR_ERROR ? -1 : open("/dev/null", O_WRONLY);
  if (silence >= 0) dup2(silence, STDERR_FILENO);
  if (silence > STDERR_FILENO) close(silence);
}

static void has_started(void* data) { starting = false; }

/* Xwayland's Wayland connection, at its birth. */
static void on_client_created(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, xwayland.client_created);
  struct wl_client* client = data;
  const struct wlr_xwayland* wlr = desktop->xwayland.wlr;
  if (wlr == NULL || wlr->server->wl_fd[0] != wl_client_get_fd(client)) return;
  wl_client_add_destroy_listener(client, &desktop->xwayland.client_destroyed);
  /* The fork comes next, before the event loop turns. */
  starting = wl_event_loop_add_idle(desktop->loop, has_started, NULL) != NULL;
}

/* Ends the window manager's part now, not when the X server has closed its end: one that hangs
 * would keep it beyond the start of the next. */
static void hang_up(struct pf_xwayland* xwayland) {
  if (xwayland->wlr->xwm != NULL && xwayland->window_manager >= 0)
    shutdown(xwayland->window_manager, SHUT_RDWR);
  xwayland->window_manager = -1;
}

/* Called before libwlroots hears of it. */
static void on_client_destroyed(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, xwayland.client_destroyed);
  struct pf_xwayland* xwayland = &desktop->xwayland;
  wl_list_remove(&listener->link);
  hang_up(xwayland);
  if (xwayland->wlr->server->pipe_source == NULL) return;
  /* It ended before it was ready. libwlroots 0.15 would destroy this client a second time, then
   * gives up for good. */
  xwayland->wlr->server->client = NULL;
  pf_say("Xwayland did not start; the next X11 program tries again");
  wl_event_source_timer_update(xwayland->retry, RETRY_MS);
}

static bool create(struct pf_desktop* desktop) {
  struct pf_xwayland* xwayland = &desktop->xwayland;
  xwayland->window_manager = -1;
  xwayland->wlr = wlr_xwayland_create(desktop->display, desktop->compositor, true);
  if (xwayland->wlr == NULL) return false;
  pf_listen(&xwayland->ready, on_ready, &xwayland->wlr->events.ready);
  pf_listen(&xwayland->new_surface, on_new_surface, &xwayland->wlr->events.new_surface);
  return true;
}

static int on_retry(void* data) {
  struct pf_desktop* desktop = data;
  struct pf_xwayland* xwayland = &desktop->xwayland;
  if (xwayland->wlr->server->pipe_source != NULL) {
    wl_event_source_timer_update(xwayland->retry, RETRY_MS);
    return 0;
  }
  if (xwayland->wlr->server->display >= 0) return 0;
  wlr_xwayland_destroy(xwayland->wlr);
  if (create(desktop))
    pf_say("X11 programs find us at DISPLAY=%s", xwayland->wlr->display_name);
  else
    pf_say("there is no display for X11 programs any more");
  return 0;
}

void pf_xwayland_open(struct pf_desktop* desktop) {
  struct pf_xwayland* xwayland = &desktop->xwayland;
  xwayland->retry = wl_event_loop_add_timer(desktop->loop, on_retry, desktop);
  if (xwayland->retry == NULL || !may_have_sockets()) return;
  if (!create(desktop)) {
    pf_say("no X11 programs here: is the package xwayland installed?");
    return;
  }
  desktop_process = getpid();
  pthread_atfork(NULL, NULL, in_new_process);
  xwayland->client_destroyed.notify = on_client_destroyed;
  xwayland->client_created.notify = on_client_created;
  wl_display_add_client_created_listener(desktop->display, &xwayland->client_created);
}

/* libwlroots 0.15 leaves its window manager behind when Xwayland is destroyed, so that one ends
 * first, as it does when its connection breaks. */
void pf_xwayland_close(struct pf_desktop* desktop) {
  struct pf_xwayland* xwayland = &desktop->xwayland;
  if (xwayland->retry != NULL) wl_event_source_remove(xwayland->retry);
  if (xwayland->wlr == NULL) return;
  hang_up(xwayland);
  for (int i = 0; i < 10 && xwayland->wlr->xwm != NULL; ++i)
    wl_event_loop_dispatch(desktop->loop, 0);
  if (xwayland->wlr->server->client != NULL) wl_list_remove(&xwayland->client_destroyed.link);
  wl_list_remove(&xwayland->client_created.link);
  wlr_xwayland_destroy(xwayland->wlr);
  xwayland->wlr = NULL;
}

const char* pf_xwayland_display(const struct pf_desktop* desktop) {
  return desktop->xwayland.wlr == NULL ? NULL : desktop->xwayland.wlr->display_name;
}
