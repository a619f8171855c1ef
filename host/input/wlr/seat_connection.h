// A connection to a Wayland compositor as a client that has devices for its seat. The generated
// protocol headers stay inside the .cpp files of this room. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/display_mode.h"
#include "core/base/result.h"

struct wl_display;
struct wl_keyboard;
struct wl_output;
struct wl_registry;
struct wl_seat;
struct zwlr_virtual_pointer_manager_v1;
struct zwp_virtual_keyboard_manager_v1;

namespace pf::input::wlr {

class SeatConnection {
 public:
  // Blocks for three round trips. `unavailable` when there is no compositor, or it does not serve
  // virtual pointers 2 and virtual keyboards 1.
  static Result<std::unique_ptr<SeatConnection>> open(const std::string& socket);
  ~SeatConnection();
  SeatConnection(const SeatConnection&) = delete;
  SeatConnection& operator=(const SeatConnection&) = delete;

  wl_seat* seat() const noexcept { return seat_; }
  zwlr_virtual_pointer_manager_v1* pointers() const noexcept { return pointers_; }
  zwp_virtual_keyboard_manager_v1* keyboards() const noexcept { return keyboards_; }
  // XKB text of the keyboard that the seat has; empty: it has none.
  const std::string& keymap() const noexcept { return keymap_; }

  struct Output {
    std::uint32_t global = 0;
    wl_output* handle = nullptr;
    std::string name;
    SizePx size_px;  // follows the mode
  };
  // `unavailable` names the outputs that are there. An empty name is the first output. Lives as
  // long as the connection.
  Result<const Output*> output(const std::string& name) const;

  int poll_handle() const noexcept;
  // Reads what has arrived. `lost` when the compositor is gone.
  Result<void> turn();

  // Sends what is queued. `blocked`: the compositor does not read; more than the next 1.5 kB of
  // requests would end the connection.
  enum class Flushed : std::uint8_t { all, blocked, lost };
  Flushed flush() noexcept;
  // Sends and waits for the answer to all of it.
  Result<void> round_trip();

 private:
  struct Listeners;

  SeatConnection() = default;
  void add_output(std::uint32_t global, std::uint32_t version);
  void take_keymap(int fd, std::uint32_t size_bytes);
  Failure broken() const;

  wl_display* display_ = nullptr;
  wl_registry* registry_ = nullptr;
  wl_seat* seat_ = nullptr;
  wl_keyboard* keyboard_ = nullptr;
  zwlr_virtual_pointer_manager_v1* pointers_ = nullptr;
  zwp_virtual_keyboard_manager_v1* keyboards_ = nullptr;
  std::vector<std::unique_ptr<Output>> outputs_;
  std::string keymap_;
};

}  // namespace pf::input::wlr
