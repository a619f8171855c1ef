#include "host/input/wlr/virtual_pointer.h"

#include <wayland-client.h>

#include "core/input/sound_event.h"
#include "wlr-virtual-pointer-unstable-v1-client-protocol.h"

namespace pf::input::wlr {
namespace {

// What compositors give for a notch of a real wheel.
constexpr std::int32_t kAxisPerNotch = 15;

}  // namespace

VirtualPointer::VirtualPointer(SeatConnection& connection,
                               const SeatConnection::Output& output) noexcept
    : handle_(zwlr_virtual_pointer_manager_v1_create_virtual_pointer_with_output(
          connection.pointers(), connection.seat(), output.handle)) {}

VirtualPointer::~VirtualPointer() { zwlr_virtual_pointer_v1_destroy(handle_); }

void VirtualPointer::end_frame() noexcept { zwlr_virtual_pointer_v1_frame(handle_); }

void VirtualPointer::move(std::int32_t x_px, std::int32_t y_px, std::uint32_t time_ms) noexcept {
  zwlr_virtual_pointer_v1_motion(handle_, time_ms, wl_fixed_from_int(x_px),
                                 wl_fixed_from_int(y_px));
  end_frame();
}

void VirtualPointer::place(std::int32_t x_px, std::int32_t y_px, SizePx surface,
                           std::uint32_t time_ms) noexcept {
  zwlr_virtual_pointer_v1_motion_absolute(handle_, time_ms, static_cast<std::uint32_t>(x_px),
                                          static_cast<std::uint32_t>(y_px), surface.width,
                                          surface.height);
  end_frame();
}

void VirtualPointer::button(std::uint16_t evdev, bool down, std::uint32_t time_ms) noexcept {
  zwlr_virtual_pointer_v1_button(
      handle_, time_ms, evdev,
      down ? WL_POINTER_BUTTON_STATE_PRESSED : WL_POINTER_BUTTON_STATE_RELEASED);
  end_frame();
}

// Wheels with a finer grid than notches give the programs every part of one, and the notch when it
// is full.
void VirtualPointer::scroll(bool horizontal, std::int32_t delta, std::uint32_t time_ms) noexcept {
  const std::uint32_t axis =
      horizontal ? WL_POINTER_AXIS_HORIZONTAL_SCROLL : WL_POINTER_AXIS_VERTICAL_SCROLL;
  if (!horizontal) delta = -delta;  // Wayland's y grows downwards
  std::int32_t& part = part_of_notch_[horizontal ? 1 : 0];
  if ((part > 0) != (delta > 0)) part = 0;  // turned back
  part += delta;
  const std::int32_t notches = part / kScrollPerNotch;
  part %= kScrollPerNotch;
  const wl_fixed_t value = wl_fixed_from_int(kAxisPerNotch) * delta / kScrollPerNotch;
  if (notches != 0) {
    zwlr_virtual_pointer_v1_axis_discrete(handle_, time_ms, axis, value, notches);
  } else {
    zwlr_virtual_pointer_v1_axis(handle_, time_ms, axis, value);
  }
  // Behind the axis: wlroots 0.15 takes it for the axis that was used last.
  zwlr_virtual_pointer_v1_axis_source(handle_, WL_POINTER_AXIS_SOURCE_WHEEL);
  end_frame();
}

}  // namespace pf::input::wlr
