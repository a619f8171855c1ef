#include "host/display/desktop/desktop_display.h"

#include <sys/socket.h>

#include <chrono>

#include "host/display/desktop/lookup.h"

namespace pf::display::desktop {
namespace {

// What a desktop needs is some 20 ms; on a machine this busy nothing else would work either.
constexpr Nanos kAnswerPatience = seconds(2);
// It has one output of ours.
constexpr std::uint32_t kOutput = 0;
constexpr std::uint32_t kCouldNotStart = 127;

// Counts the patience down over several waits.
class Patience {
 public:
  explicit Patience(Nanos whole) : end_(std::chrono::steady_clock::now() + whole) {}
  Nanos left() const { return end_ - std::chrono::steady_clock::now(); }
  bool over() const { return left() <= Nanos::zero(); }

 private:
  std::chrono::steady_clock::time_point end_;
};

std::string text(const DisplayMode& mode) {
  return fmt::format("{}x{} at {}/{} Hz", mode.size_px.width, mode.size_px.height,
                     mode.refresh.numerator, mode.refresh.denominator);
}

}  // namespace

Result<std::unique_ptr<DesktopDisplay>> DesktopDisplay::open(const DisplayRequest& request) {
  PF_TRY(const std::string program, find_desktop_program());
  PF_TRY_VOID(check_user(request.run_as));
  const std::string name = request.command.empty() ? "" : request.command.front();
  if (!request.command.empty()) PF_TRY_VOID(check_command(name, request.run_as));
  std::vector<std::string> arguments;
  if (!request.run_as.empty()) arguments = {"--run-as", request.run_as};
  if (!request.folder.empty()) arguments.insert(arguments.end(), {"--folder", request.folder});
  PF_TRY(auto process, DesktopProcess::start(program, arguments, request.command));
  std::unique_ptr<DesktopDisplay> display(
      new DesktopDisplay(std::move(process), name, request.outlives_command));
  PF_TRY_VOID(display->wait_until_ready());
  PF_TRY_VOID(display->ask_for_mode(PF_DESKTOP_ADD_OUTPUT, request.mode));
  return display;
}

Result<void> DesktopDisplay::wait_until_ready() {
  PF_TRY(const auto news, process_->hear(kAnswerPatience));
  if (!news) return fail(ErrorKind::timed_out, "punktfunk-desktop did not come up within 2 s");
  const auto* ready = std::get_if<pf_desktop_ready>(&*news);
  if (ready == nullptr || ready->version != PF_DESKTOP_PROTOCOL_VERSION)
    return fail(ErrorKind::unavailable,
                "punktfunk-desktop is of another version than this program");
  wayland_socket_ = ready->wayland_socket;
  return {};
}

Result<void> DesktopDisplay::ask_for_mode(std::uint32_t order, const DisplayMode& mode) {
  const pf_desktop_mode message{order,
                                kOutput,
                                mode.size_px.width,
                                mode.size_px.height,
                                mode.refresh.numerator,
                                mode.refresh.denominator};
  PF_TRY_VOID(process_->tell(&message, sizeof message));
  for (const Patience patience(kAnswerPatience); !patience.over();) {
    PF_TRY(const auto news, process_->hear(patience.left()));
    if (!news) continue;
    if (const auto* ended = std::get_if<pf_desktop_command_ended>(&*news))
      command_status_ = ended->status;
    if (std::holds_alternative<pf_desktop_mode>(*news)) {
      mode_ = mode;
      return {};
    }
    if (std::holds_alternative<pf_desktop_output>(*news))
      return fail(ErrorKind::refused, "a virtual display cannot have {}", text(mode));
  }
  return fail(ErrorKind::timed_out, "punktfunk-desktop did not answer within 2 s");
}

Result<void> DesktopDisplay::set_mode(const DisplayMode& mode) {
  if (mode == mode_) return {};
  return ask_for_mode(PF_DESKTOP_SET_MODE, mode);
}

Result<CaptureTarget> DesktopDisplay::capture_target(CaptureWay way) {
  if (way == CaptureWay::screencopy) return CaptureTarget(wlr_output());
  PF_TRY(auto channel, start_channel(PF_DESKTOP_START_CAPTURE));
  return CaptureTarget(DesktopCapture{std::move(channel)});
}

Result<InputTarget> DesktopDisplay::input_target() {
  PF_TRY(auto touch, start_channel(PF_DESKTOP_START_TOUCH));
  auto [socket, output] = wlr_output();
  return InputTarget(
      WaylandSeat{.wayland_socket = socket, .output_name = output, .touch = std::move(touch)});
}

// Our end of a fresh pair, whose other end goes with `order`.
Result<UniqueFd> DesktopDisplay::start_channel(std::uint32_t order) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return fail_os(ErrorKind::exhausted, errno, "cannot make a channel to punktfunk-desktop");
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  const pf_desktop_output message{order, kOutput};
  PF_TRY_VOID(process_->tell(&message, sizeof message, theirs.get()));
  return ours;
}

bool DesktopDisplay::shift_refresh(Nanos later) {
  const pf_desktop_shift message{PF_DESKTOP_SHIFT_REFRESH, kOutput, later.count()};
  return process_->tell(&message, sizeof message).has_value();
}

Result<void> DesktopDisplay::command_ended(int status) const {
  if (status == static_cast<int>(kCouldNotStart))
    return fail(ErrorKind::refused, "the command '{}' could not be started (status 127)", command_);
  return fail(ErrorKind::refused, "the command '{}' ended with status {}", command_, status);
}

Result<void> DesktopDisplay::check() {
  while (true) {
    PF_TRY(const auto news, process_->hear(Nanos::zero()));
    if (!news) break;
    if (const auto* ended = std::get_if<pf_desktop_command_ended>(&*news))
      command_status_ = ended->status;
  }
  return command_status_ && !outlives_command_ ? command_ended(*command_status_) : Result<void>{};
}

WlrOutput DesktopDisplay::wlr_output() const { return {wayland_socket_, "PF-1"}; }

}  // namespace pf::display::desktop
