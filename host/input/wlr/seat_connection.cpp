#include "host/input/wlr/seat_connection.h"

#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/runtime/unique_fd.h"
#include "virtual-keyboard-unstable-v1-client-protocol.h"
#include "wlr-virtual-pointer-unstable-v1-client-protocol.h"

namespace pf::input::wlr {
namespace {

// The version in which a pointer can be bound to an output.
constexpr std::uint32_t kPointerVersion = 2;
// The version in which an output tells its name.
constexpr std::uint32_t kOutputVersion = 4;
// A desk has a handful; whoever announces more has gone wrong.
constexpr std::size_t kMaxOutputs = 64;
// The largest that xkb-data makes is some 100 kB.
constexpr std::uint32_t kMaxKeymapBytes = 1 << 20;

}  // namespace

struct SeatConnection::Listeners {
  static void global(void* data, wl_registry* registry, std::uint32_t name, const char* interface,
                     std::uint32_t version) {
    auto* self = static_cast<SeatConnection*>(data);
    const auto is = [interface](const wl_interface& wanted) {
      return std::strcmp(interface, wanted.name) == 0;
    };
    if (is(wl_seat_interface) && self->seat_ == nullptr) {
      self->seat_ = static_cast<wl_seat*>(wl_registry_bind(registry, name, &wl_seat_interface, 1));
      wl_seat_add_listener(self->seat_, &kSeat, self);
    }
    if (is(zwlr_virtual_pointer_manager_v1_interface) && version >= kPointerVersion &&
        self->pointers_ == nullptr)
      self->pointers_ = static_cast<zwlr_virtual_pointer_manager_v1*>(wl_registry_bind(
          registry, name, &zwlr_virtual_pointer_manager_v1_interface, kPointerVersion));
    if (is(zwp_virtual_keyboard_manager_v1_interface) && self->keyboards_ == nullptr)
      self->keyboards_ = static_cast<zwp_virtual_keyboard_manager_v1*>(
          wl_registry_bind(registry, name, &zwp_virtual_keyboard_manager_v1_interface, 1));
    if (is(wl_output_interface) && self->outputs_.size() < kMaxOutputs)
      self->add_output(name, std::min(version, kOutputVersion));
  }
  // Devices bound to an output that goes are silent.
  static void global_remove(void*, wl_registry*, std::uint32_t) {}

  static void capabilities(void* data, wl_seat* seat, std::uint32_t capabilities) {
    auto* self = static_cast<SeatConnection*>(data);
    if ((capabilities & WL_SEAT_CAPABILITY_KEYBOARD) == 0 || self->keyboard_ != nullptr) return;
    self->keyboard_ = wl_seat_get_keyboard(seat);
    wl_keyboard_add_listener(self->keyboard_, &kKeyboard, self);
  }
  static void seat_name(void*, wl_seat*, const char*) {}

  static void keymap(void* data, wl_keyboard*, std::uint32_t format, std::int32_t fd,
                     std::uint32_t size_bytes) {
    auto* self = static_cast<SeatConnection*>(data);
    const UniqueFd owned(fd);
    // Only the first: later ones may be our own.
    if (format == WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1 && self->keymap_.empty())
      self->take_keymap(fd, size_bytes);
  }
  static void enter(void*, wl_keyboard*, std::uint32_t, wl_surface*, wl_array*) {}
  static void leave(void*, wl_keyboard*, std::uint32_t, wl_surface*) {}
  static void key(void*, wl_keyboard*, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t) {
  }
  static void modifiers(void*, wl_keyboard*, std::uint32_t, std::uint32_t, std::uint32_t,
                        std::uint32_t, std::uint32_t) {}
  static void repeat_info(void*, wl_keyboard*, std::int32_t, std::int32_t) {}

  static void output_name(void* data, wl_output*, const char* name) {
    static_cast<Output*>(data)->name = name;
  }
  static void geometry(void*, wl_output*, std::int32_t, std::int32_t, std::int32_t, std::int32_t,
                       std::int32_t, const char*, const char*, std::int32_t) {}
  static void mode(void* data, wl_output*, std::uint32_t flags, std::int32_t width,
                   std::int32_t height, std::int32_t) {
    if ((flags & WL_OUTPUT_MODE_CURRENT) == 0 || width <= 0 || height <= 0) return;
    static_cast<Output*>(data)->size_px = {static_cast<std::uint32_t>(width),
                                           static_cast<std::uint32_t>(height)};
  }
  static void done(void*, wl_output*) {}
  static void scale(void*, wl_output*, std::int32_t) {}
  static void description(void*, wl_output*, const char*) {}

  static constexpr wl_registry_listener kRegistry{global, global_remove};
  static constexpr wl_seat_listener kSeat{capabilities, seat_name};
  static constexpr wl_keyboard_listener kKeyboard{keymap, enter,     leave,
                                                  key,    modifiers, repeat_info};
  static constexpr wl_output_listener kOutput{geometry, mode,        done,
                                              scale,    output_name, description};
};

void SeatConnection::add_output(std::uint32_t global, std::uint32_t version) {
  auto output = std::make_unique<Output>();
  output->handle =
      static_cast<wl_output*>(wl_registry_bind(registry_, global, &wl_output_interface, version));
  wl_output_add_listener(output->handle, &Listeners::kOutput, output.get());
  outputs_.push_back(std::move(output));
}

void SeatConnection::take_keymap(int fd, std::uint32_t size_bytes) {
  if (size_bytes == 0 || size_bytes > kMaxKeymapBytes) return;
  std::string text(size_bytes, '\0');
  // Not mapped: whoever sent it could cut it short under us.
  const ssize_t got = pread(fd, text.data(), text.size(), 0);
  if (got <= 0) return;
  text.resize(static_cast<std::size_t>(got));
  keymap_ = text.c_str();  // up to its NUL
}

Result<std::unique_ptr<SeatConnection>> SeatConnection::open(const std::string& socket) {
  std::unique_ptr<SeatConnection> connection(new SeatConnection);
  connection->display_ = wl_display_connect(socket.c_str());
  if (connection->display_ == nullptr)
    return fail_os(ErrorKind::lost, errno, "no Wayland compositor at " + socket);
  connection->registry_ = wl_display_get_registry(connection->display_);
  wl_registry_add_listener(connection->registry_, &Listeners::kRegistry, connection.get());
  // For the globals, for what seat and outputs say of themselves, for the keymap.
  for (int i = 0; i < 3; ++i) PF_TRY_VOID(connection->round_trip());
  if (connection->seat_ == nullptr || connection->pointers_ == nullptr ||
      connection->keyboards_ == nullptr)
    return fail(ErrorKind::unavailable,
                "the compositor at {} does not serve virtual pointers 2 and virtual keyboards",
                socket);
  return connection;
}

SeatConnection::~SeatConnection() {
  for (const auto& output : outputs_) wl_output_destroy(output->handle);
  if (keyboard_ != nullptr) wl_keyboard_destroy(keyboard_);
  if (pointers_ != nullptr) zwlr_virtual_pointer_manager_v1_destroy(pointers_);
  if (keyboards_ != nullptr) zwp_virtual_keyboard_manager_v1_destroy(keyboards_);
  if (seat_ != nullptr) wl_seat_destroy(seat_);
  if (registry_ != nullptr) wl_registry_destroy(registry_);
  if (display_ == nullptr) return;
  wl_display_flush(display_);
  wl_display_disconnect(display_);
}

Result<const SeatConnection::Output*> SeatConnection::output(const std::string& name) const {
  std::string names;
  for (const auto& output : outputs_) {
    if (name.empty() || output->name == name) return output.get();
    names +=
        (names.empty() ? "" : ", ") + (output->name.empty() ? "one without name" : output->name);
  }
  return fail(ErrorKind::unavailable, "the compositor has no output '{}', but: {}", name,
              names.empty() ? "none" : names);
}

Failure SeatConnection::broken() const {
  const int error = wl_display_get_error(display_);
  if (error == EPROTO)
    return fail(ErrorKind::lost, "the compositor refused a request of ours (protocol error)");
  return fail_os(ErrorKind::lost, error, "the connection to the compositor is lost");
}

int SeatConnection::poll_handle() const noexcept { return wl_display_get_fd(display_); }

Result<void> SeatConnection::turn() {
  while (wl_display_prepare_read(display_) != 0) {
    if (wl_display_dispatch_pending(display_) < 0) return broken();
  }
  if (wl_display_read_events(display_) < 0 || wl_display_dispatch_pending(display_) < 0)
    return broken();
  return {};
}

SeatConnection::Flushed SeatConnection::flush() noexcept {
  if (wl_display_flush(display_) >= 0) return Flushed::all;
  return errno == EAGAIN ? Flushed::blocked : Flushed::lost;
}

Result<void> SeatConnection::round_trip() {
  if (wl_display_roundtrip(display_) < 0) return broken();
  return {};
}

}  // namespace pf::input::wlr
