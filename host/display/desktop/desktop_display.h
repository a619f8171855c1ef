// One output in a punktfunk-desktop process of its own.
#pragma once

#include <memory>
#include <string>

#include "host/display/desktop/desktop_process.h"
#include "host/display/display.h"

namespace pf::display::desktop {

class DesktopDisplay final : public VirtualDisplay {
 public:
  // Up to 2 s. `refused` for what asking again will not change: the mode, the command, the user.
  static Result<std::unique_ptr<DesktopDisplay>> open(const DisplayRequest& request);

  Result<void> set_mode(const DisplayMode& mode) override;
  DisplayMode mode() const noexcept override { return mode_; }
  Result<CaptureTarget> capture_target(CaptureWay way) override;
  Result<InputTarget> input_target() override;
  Result<void> check() override;
  bool shift_refresh(Nanos later) override;
  int process_id() const noexcept override { return process_->pid(); }

  // The same output for tools and backends that speak Wayland.
  WlrOutput wlr_output() const;

 private:
  DesktopDisplay(std::unique_ptr<DesktopProcess> process, std::string command,
                 bool outlives_command) noexcept
      : process_(std::move(process)),
        command_(std::move(command)),
        outlives_command_(outlives_command) {}

  Result<UniqueFd> start_channel(std::uint32_t order);
  Result<void> wait_until_ready();
  Result<void> ask_for_mode(std::uint32_t order, const DisplayMode& mode);
  Result<void> command_ended(int status) const;

  std::unique_ptr<DesktopProcess> process_;
  std::string command_;  // its name, for messages
  bool outlives_command_;
  std::string wayland_socket_;
  DisplayMode mode_;
  std::optional<int> command_status_;  // once it has ended
};

}  // namespace pf::display::desktop
