// A mouse of the seat, bound to one output: its positions are those of that output.
#pragma once

#include <cstdint>

#include "core/base/display_mode.h"
#include "host/input/wlr/seat_connection.h"

struct zwlr_virtual_pointer_v1;

namespace pf::input::wlr {

class VirtualPointer {
 public:
  // Both outlive it.
  VirtualPointer(SeatConnection& connection, const SeatConnection::Output& output) noexcept;
  ~VirtualPointer();
  VirtualPointer(const VirtualPointer&) = delete;
  VirtualPointer& operator=(const VirtualPointer&) = delete;

  void move(std::int32_t x_px, std::int32_t y_px, std::uint32_t time_ms) noexcept;
  // On a surface as large as the output is for the client. The compositor scales, in its own time:
  // it knows the mode in force.
  void place(std::int32_t x_px, std::int32_t y_px, SizePx surface, std::uint32_t time_ms) noexcept;
  void button(std::uint16_t evdev, bool down, std::uint32_t time_ms) noexcept;
  // 120 a notch, up or right positive.
  void scroll(bool horizontal, std::int32_t delta, std::uint32_t time_ms) noexcept;

 private:
  void end_frame() noexcept;

  zwlr_virtual_pointer_v1* const handle_;
  std::int32_t part_of_notch_[2] = {0, 0};  // what has been turned of the next one
};

}  // namespace pf::input::wlr
