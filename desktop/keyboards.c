#include "desktop/keyboards.h"

#include <stdlib.h>
#include <wlr/types/wlr_seat.h>
#include <wlr/types/wlr_virtual_keyboard_v1.h>
#include <xkbcommon/xkbcommon.h>

#include "desktop/desktop.h"
#include "desktop/listen.h"
#include "desktop/say.h"

struct pf_keyboard {
  struct wl_list link; /* pf_seat.keyboards */
  struct pf_desktop* desktop;
  struct wlr_input_device* device;
  struct wl_listener key, modifiers, destroy;
};

/* A virtual keyboard becomes the seat's only with its first event. When it appears it has no keymap
 * yet, and giving that to clients makes wlroots disconnect them. */
static struct wlr_seat* activate(const struct pf_keyboard* keyboard) {
  struct wlr_seat* seat = keyboard->desktop->seat.wlr;
  if (wlr_seat_get_keyboard(seat) != keyboard->device->keyboard &&
      keyboard->device->keyboard->keymap != NULL)
    wlr_seat_set_keyboard(seat, keyboard->device);
  return seat;
}

static void on_key(struct wl_listener* listener, void* data) {
  struct pf_keyboard* keyboard = wl_container_of(listener, keyboard, key);
  const struct wlr_event_keyboard_key* event = data;
  wlr_seat_keyboard_notify_key(activate(keyboard), event->time_msec, event->keycode, event->state);
}

static void on_modifiers(struct wl_listener* listener, void* data) {
  struct pf_keyboard* keyboard = wl_container_of(listener, keyboard, modifiers);
  wlr_seat_keyboard_notify_modifiers(activate(keyboard), &keyboard->device->keyboard->modifiers);
}

static void on_destroy(struct wl_listener* listener, void* data) {
  struct pf_keyboard* keyboard = wl_container_of(listener, keyboard, destroy);
  struct pf_seat* seat = &keyboard->desktop->seat;
  wl_list_remove(&keyboard->key.link);
  wl_list_remove(&keyboard->modifiers.link);
  wl_list_remove(&keyboard->destroy.link);
  wl_list_remove(&keyboard->link);
  /* A seat without a keyboard but with the capability makes some clients crash. */
  if (wlr_seat_get_keyboard(seat->wlr) == keyboard->device->keyboard)
    wlr_seat_set_keyboard(seat->wlr, &seat->own_keyboard_device);
  free(keyboard);
}

static void on_new_virtual_keyboard(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.new_virtual_keyboard);
  struct wlr_virtual_keyboard_v1* virtual_keyboard = data;
  struct pf_keyboard* keyboard = calloc(1, sizeof *keyboard);
  if (keyboard == NULL) return;
  keyboard->desktop = desktop;
  keyboard->device = &virtual_keyboard->input_device;
  pf_listen(&keyboard->key, on_key, &keyboard->device->keyboard->events.key);
  pf_listen(&keyboard->modifiers, on_modifiers, &keyboard->device->keyboard->events.modifiers);
  pf_listen(&keyboard->destroy, on_destroy, &keyboard->device->events.destroy);
  wl_list_insert(&desktop->seat.keyboards, &keyboard->link);
}

/* Both live inside pf_seat: there is nothing to free. */
static void keyboard_destroy(struct wlr_keyboard* keyboard) {}
static void device_destroy(struct wlr_input_device* device) {}
static const struct wlr_keyboard_impl keyboard_impl = {.destroy = keyboard_destroy};
static const struct wlr_input_device_impl device_impl = {.destroy = device_destroy};

static bool set_keymap(struct wlr_keyboard* keyboard) {
  struct xkb_context* context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
  if (context == NULL) return false;
  struct xkb_keymap* keymap = xkb_keymap_new_from_names(context, NULL, XKB_KEYMAP_COMPILE_NO_FLAGS);
  const bool set = keymap != NULL && wlr_keyboard_set_keymap(keyboard, keymap);
  xkb_keymap_unref(keymap);
  xkb_context_unref(context);
  return set || pf_complain("no keymap: is the package xkb-data installed?");
}

bool pf_keyboards_open(struct pf_desktop* desktop) {
  struct pf_seat* seat = &desktop->seat;
  wl_list_init(&seat->keyboards);
  wlr_keyboard_init(&seat->own_keyboard, &keyboard_impl);
  wlr_input_device_init(&seat->own_keyboard_device, WLR_INPUT_DEVICE_KEYBOARD, &device_impl,
                        "punktfunk keyboard", 0, 0);
  seat->own_keyboard_device.keyboard = &seat->own_keyboard;
  if (!set_keymap(&seat->own_keyboard)) return false;
  wlr_keyboard_set_repeat_info(&seat->own_keyboard, 25, 600); /* Hz, ms: what most desktops use */
  wlr_seat_set_keyboard(seat->wlr, &seat->own_keyboard_device);

  struct wlr_virtual_keyboard_manager_v1* manager =
      wlr_virtual_keyboard_manager_v1_create(desktop->display);
  if (manager == NULL) return false;
  pf_listen(&seat->new_virtual_keyboard, on_new_virtual_keyboard,
            &manager->events.new_virtual_keyboard);
  return true;
}

void pf_keyboards_close(struct pf_desktop* desktop) {
  wlr_input_device_destroy(&desktop->seat.own_keyboard_device);
}
