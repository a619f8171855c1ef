#include "client/probe/input_player.h"

#include <cerrno>
#include <cstdio>
#include <memory>

namespace pf::probe {
namespace {

const char* name_of(const input_script::Step& step) noexcept {
  if (!step.event) return "release";
  switch (step.event->kind) {
    case message::InputKind::key_down:
      return "key down";
    case message::InputKind::key_up:
      return "key up";
    case message::InputKind::mouse_move:
      return "move";
    case message::InputKind::mouse_move_absolute:
      return "moveto";
    case message::InputKind::mouse_button_down:
      return "button down";
    case message::InputKind::mouse_button_up:
      return "button up";
    case message::InputKind::mouse_scroll:
      return "scroll";
    case message::InputKind::touch_down:
      return "touch down";
    case message::InputKind::touch_move:
      return "touch move";
    case message::InputKind::touch_up:
      return "touch up";
    case message::InputKind::text_input:
      return "text";
    default:
      return "gamepad";  // scripts have none
  }
}

}  // namespace

InputPlayer::~InputPlayer() {
  stopping_ = true;
  bell_.ring();
  if (thread_.joinable()) thread_.join();
}

void InputPlayer::start() {
  thread_ = std::thread([this] { play(); });
}

std::vector<PlayedInput> InputPlayer::finish() {
  stopping_ = true;
  bell_.ring();
  if (thread_.joinable()) thread_.join();
  return std::move(played_);
}

bool InputPlayer::wait_until(LocalTime at) {
  for (LocalTime now = clock_.now(); now < at && !stopping_; now = clock_.now())
    bell_.wait(at - now);
  return !stopping_;
}

void InputPlayer::play() {
  const LocalTime began = clock_.now();
  for (const input_script::Step& step : script_.steps) {
    if (!wait_until(began + step.at)) return;
    played_.push_back({.line = step.line, .kind = name_of(step), .at = clock_.now()});
    if (step.event) {
      client_.send(*step.event);
    } else {
      client_.let_go_of_input();
    }
  }
  if (wait_until(began + script_.length)) done_ = true;
}

Result<input_script::InputScript> read_input_script(const std::string& path, SizePx screen) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             std::fclose);
  if (!file) return fail_os(ErrorKind::refused, errno, "cannot read the input script " + path);
  // One byte more than allowed, so that a file that is too long shows.
  std::string text(input_script::kMaxFileBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0)
    return fail_os(ErrorKind::refused, errno, "cannot read the input script " + path);
  auto script = input_script::parse_input_script(text, screen);
  if (!script) return fail(script.error().kind, "{}: {}", path, script.error().what);
  return script;
}

}  // namespace pf::probe
