#include "host/capture/wlr/wayland_connection.h"

#include <poll.h>
#include <wayland-client.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "wlr-screencopy-unstable-v1-client-protocol.h"

namespace pf::capture::wlr {
namespace {

// The version that announces all buffer kinds before a copy (`buffer_done`).
constexpr std::uint32_t kScreencopyVersion = 3;
// The version in which an output tells its name.
constexpr std::uint32_t kOutputVersion = 4;
// A desk has a handful; whoever announces more has gone wrong.
constexpr std::size_t kMaxOutputs = 64;

}  // namespace

struct WaylandConnection::Listeners {
  static void global(void* data, wl_registry* registry, std::uint32_t name, const char* interface,
                     std::uint32_t version) {
    auto* self = static_cast<WaylandConnection*>(data);
    const auto is = [interface](const wl_interface& wanted) {
      return std::strcmp(interface, wanted.name) == 0;
    };
    if (is(wl_shm_interface) && self->shm_ == nullptr)
      self->shm_ = static_cast<wl_shm*>(wl_registry_bind(registry, name, &wl_shm_interface, 1));
    if (is(zwlr_screencopy_manager_v1_interface) && version >= kScreencopyVersion &&
        self->screencopy_ == nullptr)
      self->screencopy_ = static_cast<zwlr_screencopy_manager_v1*>(wl_registry_bind(
          registry, name, &zwlr_screencopy_manager_v1_interface, kScreencopyVersion));
    if (is(wl_output_interface) && self->outputs_.size() < kMaxOutputs)
      self->add_output(name, std::min(version, kOutputVersion));
  }

  // The frames of an output that goes fail by themselves.
  static void global_remove(void*, wl_registry*, std::uint32_t) {}

  static void output_name(void* data, wl_output*, const char* name) {
    static_cast<Output*>(data)->name = name;
  }
  static void geometry(void*, wl_output*, std::int32_t, std::int32_t, std::int32_t, std::int32_t,
                       std::int32_t, const char*, const char*, std::int32_t) {}
  static void mode(void*, wl_output*, std::uint32_t, std::int32_t, std::int32_t, std::int32_t) {}
  static void done(void*, wl_output*) {}
  static void scale(void*, wl_output*, std::int32_t) {}
  static void description(void*, wl_output*, const char*) {}

  static constexpr wl_registry_listener kRegistry{global, global_remove};
  static constexpr wl_output_listener kOutput{geometry, mode,        done,
                                              scale,    output_name, description};
};

void WaylandConnection::add_output(std::uint32_t global, std::uint32_t version) {
  auto output = std::make_unique<Output>();
  output->handle =
      static_cast<wl_output*>(wl_registry_bind(registry_, global, &wl_output_interface, version));
  wl_output_add_listener(output->handle, &Listeners::kOutput, output.get());
  outputs_.push_back(std::move(output));
}

Result<std::unique_ptr<WaylandConnection>> WaylandConnection::open(const std::string& socket) {
  std::unique_ptr<WaylandConnection> connection(new WaylandConnection);
  connection->display_ = wl_display_connect(socket.c_str());
  if (connection->display_ == nullptr)
    return fail_os(ErrorKind::unavailable, errno, "no Wayland compositor at " + socket);
  connection->registry_ = wl_display_get_registry(connection->display_);
  wl_registry_add_listener(connection->registry_, &Listeners::kRegistry, connection.get());
  // Once for the globals, once for what the outputs say of themselves.
  for (int i = 0; i < 2; ++i)
    if (wl_display_roundtrip(connection->display_) < 0) return connection->broken();
  if (connection->screencopy_ == nullptr || connection->shm_ == nullptr)
    return fail(ErrorKind::unavailable, "the compositor at {} does not serve wlr-screencopy 3",
                socket);
  return connection;
}

WaylandConnection::~WaylandConnection() {
  for (const auto& output : outputs_) wl_output_destroy(output->handle);
  if (screencopy_ != nullptr) zwlr_screencopy_manager_v1_destroy(screencopy_);
  if (shm_ != nullptr) wl_shm_destroy(shm_);
  if (registry_ != nullptr) wl_registry_destroy(registry_);
  if (display_ != nullptr) wl_display_disconnect(display_);
}

Result<wl_output*> WaylandConnection::output(const std::string& name) const {
  std::string names;
  for (const auto& output : outputs_) {
    if (name.empty() || output->name == name) return output->handle;
    names +=
        (names.empty() ? "" : ", ") + (output->name.empty() ? "one without name" : output->name);
  }
  return fail(ErrorKind::unavailable, "the compositor has no output '{}', but: {}", name,
              names.empty() ? "none" : names);
}

Failure WaylandConnection::broken() const {
  const int error = wl_display_get_error(display_);
  if (error == EPROTO)
    return fail(ErrorKind::lost, "the compositor refused a request of ours (protocol error)");
  return fail_os(ErrorKind::lost, error, "the connection to the compositor is lost");
}

Result<bool> WaylandConnection::dispatch(Doorbell* bell, Nanos patience) {
  while (wl_display_prepare_read(display_) != 0)
    if (wl_display_dispatch_pending(display_) < 0) return broken();
  // A full socket (EAGAIN) empties when the compositor reads; the next round sends the rest.
  if (wl_display_flush(display_) < 0 && errno != EAGAIN) {
    wl_display_cancel_read(display_);
    return broken();
  }
  pollfd waits[2] = {{wl_display_get_fd(display_), POLLIN, 0},
                     {bell != nullptr ? bell->poll_handle() : -1, POLLIN, 0}};
  const auto ns = std::max(patience, Nanos::zero()).count();
  const timespec limit{static_cast<time_t>(ns / 1'000'000'000),
                       static_cast<long>(ns % 1'000'000'000)};
  ppoll(waits, 2, &limit, nullptr);
  const bool rung = waits[1].revents != 0;
  if (rung) bell->take();
  if (waits[0].revents == 0)
    wl_display_cancel_read(display_);
  else if (wl_display_read_events(display_) < 0)
    return broken();
  if (wl_display_dispatch_pending(display_) < 0) return broken();
  return waits[0].revents != 0 && !rung;
}

}  // namespace pf::capture::wlr
