#include "desktop/control.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "desktop/desktop.h"
#include "desktop/output.h"
#include "desktop/protocol.h"
#include "desktop/say.h"

union order {
  uint32_t kind;
  struct pf_desktop_output output;
  struct pf_desktop_mode mode;
  struct pf_desktop_scale scale;
  struct pf_desktop_shift shift;
};

/* The host reads what we say; should it have stopped reading, its end will close and that ends us.
 */
static void tell(struct pf_control* control, const void* message, size_t size_bytes) {
  if (control->fd < 0) return;
  if (send(control->fd, message, size_bytes, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    pf_say("cannot tell the host: %s", strerror(errno));
}

static void refuse(struct pf_desktop* desktop, uint32_t output) {
  const struct pf_desktop_output message = {PF_DESKTOP_OUTPUT_FAILED, output};
  tell(&desktop->control, &message, sizeof message);
}

static void confirm(struct pf_desktop* desktop, const struct pf_output* output) {
  const struct pf_desktop_mode message = {PF_DESKTOP_OUTPUT_READY, output->number,
                                          output->mode.width_px,   output->mode.height_px,
                                          output->mode.numerator,  output->mode.denominator};
  tell(&desktop->control, &message, sizeof message);
}

static void obey_mode(struct pf_desktop* desktop, const struct pf_desktop_mode* order) {
  const struct pf_mode mode = {order->width_px, order->height_px, order->rate_numerator,
                               order->rate_denominator};
  struct pf_output* output = NULL;
  if (pf_mode_problem(&mode) == NULL) {
    if (order->kind == PF_DESKTOP_ADD_OUTPUT)
      output = pf_output_create(desktop, order->output, &mode);
    else
      output = pf_output_find(desktop, order->output);
    if (output != NULL && order->kind == PF_DESKTOP_SET_MODE && !pf_output_set_mode(output, &mode))
      output = NULL;
  }
  if (output == NULL) {
    refuse(desktop, order->output);
    return;
  }
  confirm(desktop, output);
  pf_child_start(&desktop->child, desktop->wayland_socket, pf_xwayland_display(desktop));
}

static void obey_scale(struct pf_desktop* desktop, const struct pf_desktop_scale* order) {
  struct pf_output* output = pf_output_find(desktop, order->output);
  if (output != NULL && pf_output_set_scale(output, order->scale_120))
    confirm(desktop, output);
  else
    refuse(desktop, order->output);
}

static void obey_remove(struct pf_desktop* desktop, uint32_t number) {
  struct pf_output* output = pf_output_find(desktop, number);
  if (output != NULL) pf_output_destroy(output);
}

static void obey_shift(struct pf_desktop* desktop, const struct pf_desktop_shift* order) {
  struct pf_output* output = pf_output_find(desktop, order->output);
  if (output != NULL) pf_output_shift_refresh(output, order->later_ns);
}

/* Takes `channel` over. */
static void obey_capture(struct pf_desktop* desktop, uint32_t number, int channel) {
  struct pf_output* output = pf_output_find(desktop, number);
  if (output == NULL) {
    close(channel);
    refuse(desktop, number);
    return;
  }
  if (!pf_capture_join(&output->capture, channel)) refuse(desktop, number);
}

/* False: that was nonsense. `fd` is -1 or taken over. */
static bool obey(struct pf_desktop* desktop, const union order* order, size_t size_bytes, int fd) {
  const bool for_mode = size_bytes == sizeof order->mode && fd < 0;
  const bool for_scale = size_bytes == sizeof order->scale && fd < 0;
  const bool for_output = size_bytes == sizeof order->output;
  if (for_mode && (order->kind == PF_DESKTOP_ADD_OUTPUT || order->kind == PF_DESKTOP_SET_MODE)) {
    obey_mode(desktop, &order->mode);
    return true;
  }
  if (for_scale && order->kind == PF_DESKTOP_SET_SCALE) {
    obey_scale(desktop, &order->scale);
    return true;
  }
  if (size_bytes == sizeof order->shift && order->kind == PF_DESKTOP_SHIFT_REFRESH && fd < 0) {
    obey_shift(desktop, &order->shift);
    return true;
  }
  if (for_output && order->kind == PF_DESKTOP_REMOVE_OUTPUT && fd < 0) {
    obey_remove(desktop, order->output.output);
    return true;
  }
  if (for_output && order->kind == PF_DESKTOP_START_CAPTURE && fd >= 0) {
    obey_capture(desktop, order->output.output, fd);
    return true;
  }
  if (for_output && order->kind == PF_DESKTOP_START_TOUCH && fd >= 0) {
    pf_touch_join(desktop, order->output.output, fd);
    return true;
  }
  if (fd >= 0) close(fd);
  return false;
}

/* The one descriptor that came along, or -1. */
static int take_fd(struct msghdr* message) {
  int fd = -1;
  for (struct cmsghdr* part = CMSG_FIRSTHDR(message); part != NULL;
       part = CMSG_NXTHDR(message, part))
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS &&
        part->cmsg_len == CMSG_LEN(sizeof fd))
      memcpy(&fd, CMSG_DATA(part), sizeof fd);
  return fd;
}

static int on_readable(int fd, uint32_t mask, void* data) {
  struct pf_desktop* desktop = data;
  union order order = {0};
  struct iovec part = {.iov_base = &order, .iov_len = sizeof order};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.space,
                           .msg_controllen = sizeof control.space};
  const ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (got <= 0) {
    pf_desktop_stop(desktop, 0); /* the host has gone or wants us to */
    return 0;
  }
  const bool cut = message.msg_flags & (MSG_TRUNC | MSG_CTRUNC);
  if (!obey(desktop, &order, (size_t)got, take_fd(&message)) || cut) {
    pf_say("the host said nonsense: message kind %u of %zd bytes", order.kind, got);
    pf_desktop_stop(desktop, 1);
  }
  return 0;
}

bool pf_control_open(struct pf_desktop* desktop, int fd) {
  struct pf_control* control = &desktop->control;
  control->fd = fd;
  if (fd < 0) return true;
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
    return pf_complain("--control-fd %d: %s", fd, strerror(errno));
  struct pf_desktop_ready ready = {.kind = PF_DESKTOP_READY,
                                   .version = PF_DESKTOP_PROTOCOL_VERSION};
  memcpy(ready.wayland_socket, desktop->wayland_socket, sizeof ready.wayland_socket);
  if (send(fd, &ready, sizeof ready, MSG_NOSIGNAL) != sizeof ready)
    return pf_complain("--control-fd %d: %s", fd, strerror(errno));
  control->readable =
      wl_event_loop_add_fd(desktop->loop, fd, WL_EVENT_READABLE, on_readable, desktop);
  return control->readable != NULL;
}

void pf_control_close(struct pf_control* control) {
  /* The socket itself closes with the process, so that the host finds an end with a status behind
   * it. */
  if (control->readable != NULL) wl_event_source_remove(control->readable);
}

void pf_control_tell_command_ended(struct pf_control* control, int status) {
  const struct pf_desktop_command_ended message = {PF_DESKTOP_COMMAND_ENDED, status};
  tell(control, &message, sizeof message);
}
