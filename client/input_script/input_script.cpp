#include "client/input_script/input_script.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "client/input_script/key_names.h"
#include "core/input/sound_event.h"

namespace pf::input_script {
namespace {

using message::InputEvent;
using message::InputKind;

constexpr std::string_view kBlanks = " \t\r";
// A wheel turns a few notches at once; what is more than a byte's worth is a slip of the pen.
constexpr double kMaxNotches = 255;

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// The first word of what is left, which gets shorter by it. Empty: there is none.
std::string_view take_word(std::string_view& rest) noexcept {
  rest = trimmed(rest);
  const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

template <class Number>
std::optional<Number> number_of(std::string_view text) noexcept {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Nanos> seconds_of(std::string_view text) noexcept {
  const auto seconds = number_of<double>(text);
  if (!seconds || !(*seconds >= 0) || *seconds > std::chrono::duration<double>(kMaxLength).count())
    return std::nullopt;
  return Nanos(std::llround(*seconds * 1e9));
}

std::optional<SizePx> size_of(std::string_view text) noexcept {
  const std::size_t cross = text.find('x');
  if (cross == text.npos) return std::nullopt;
  const auto width = number_of<std::uint16_t>(text.substr(0, cross));
  const auto height = number_of<std::uint16_t>(text.substr(cross + 1));
  if (!width || !height || *width == 0 || *height == 0) return std::nullopt;
  return SizePx{*width, *height};
}

// The next Unicode scalar value, taken off the front. nullopt: that is no UTF-8.
std::optional<std::uint32_t> take_scalar(std::string_view& text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || text.size() < length) return std::nullopt;
  std::uint32_t scalar = length == 1 ? first : first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
    scalar = scalar << 6 | (byte(i) & 0x3F);
  }
  constexpr std::uint32_t kLeastOf[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = scalar >= 0xD800 && scalar < 0xE000;
  if (scalar < kLeastOf[length] || scalar > 0x10FFFF || surrogate) return std::nullopt;
  text.remove_prefix(length);
  return scalar;
}

class Parser {
 public:
  explicit Parser(SizePx screen) noexcept : screen_(screen) {}

  Result<void> take_line(std::string_view line) {
    ++line_;
    rest_ = trimmed(line);
    if (rest_.empty() || rest_[0] == '#') return {};
    if (rest_[0] == '@') PF_TRY_VOID(take_time());
    const std::string_view command = take_word(rest_);
    if (command.empty()) return {};
    PF_TRY_VOID(take_command(command));
    if (!trimmed(rest_).empty()) return wrong("there is something left over: '{}'", trimmed(rest_));
    if (script_.steps.size() > kMaxSteps)
      return fail(ErrorKind::exhausted, "line {}: a script has at most {} steps", line_, kMaxSteps);
    return {};
  }

  InputScript finish() && {
    script_.length = now_;
    return std::move(script_);
  }

 private:
  template <class... Args>
  Failure wrong(fmt::format_string<Args...> format, Args&&... args) const {
    return fail(ErrorKind::malformed, "line {}: {}", line_,
                fmt::format(format, std::forward<Args>(args)...));
  }

  Result<void> take_time() {
    const std::string_view word = take_word(rest_);
    const auto at = seconds_of(word.substr(1));
    if (!at) return wrong("'{}' is no time: write @ and seconds, like @1.5", word);
    if (*at < now_)
      return wrong("{} is in the past: by then {:.3f} s have gone by", word,
                   std::chrono::duration<double>(now_).count());
    now_ = *at;
    return {};
  }

  Result<void> take_command(std::string_view command) {
    if (command == "wait") return take_wait();
    if (command == "key") return take_key();
    if (command == "text") return take_text();
    if (command == "move") return take_move();
    if (command == "moveto") return take_moveto();
    if (command == "button") return take_button();
    if (command == "scroll") return take_scroll();
    if (command == "touch") return take_touch();
    if (command == "release") {
      script_.steps.push_back({now_, line_, std::nullopt});
      return {};
    }
    return wrong(
        "'{}' is no command: there are wait, key, text, move, moveto, button, scroll, touch and "
        "release",
        command);
  }

  void add(const InputEvent& event) { script_.steps.push_back({now_, line_, event}); }

  Result<void> take_wait() {
    const std::string_view word = take_word(rest_);
    const auto pause = seconds_of(word);
    if (!pause) return wrong("wait wants seconds, like 0.25, not '{}'", word);
    if (now_ + *pause > kMaxLength)
      return fail(ErrorKind::exhausted, "line {}: a script lasts a day at most", line_);
    now_ += *pause;
    return {};
  }

  // Down, up, or both, of what has no position.
  Result<void> take_edges(InputKind down, InputKind up, std::uint32_t code) {
    const std::string_view which = take_word(rest_);
    if (which.empty() || which == "down") add({.kind = down, .code = code});
    if (which.empty() || which == "up") add({.kind = up, .code = code});
    if (!which.empty() && which != "down" && which != "up")
      return wrong("'{}': write down, up, or nothing for both", which);
    return {};
  }

  Result<void> take_key() {
    const std::string_view name = take_word(rest_);
    const auto key = key_of_name(name);
    if (!key) return wrong("'{}' is no key: there are a, 7, f5, enter, lshift, 0x41, …", name);
    return take_edges(InputKind::key_down, InputKind::key_up, *key);
  }

  Result<void> take_button() {
    constexpr std::string_view kNames[] = {"left", "middle", "right", "x1", "x2"};
    const std::string_view name = take_word(rest_);
    for (std::uint32_t i = 0; i < std::size(kNames); ++i) {
      if (name == kNames[i])
        return take_edges(InputKind::mouse_button_down, InputKind::mouse_button_up, i + 1);
    }
    return wrong("'{}' is no button: there are left, middle, right, x1 and x2", name);
  }

  Result<void> take_text() {
    std::string_view text = trimmed(rest_);
    rest_ = {};
    if (text.empty()) return wrong("text wants something to type");
    while (!text.empty()) {
      const auto scalar = take_scalar(text);
      if (!scalar) return wrong("the text is not UTF-8");
      add({.kind = InputKind::text_input, .code = *scalar});
    }
    script_.types_text = true;
    return {};
  }

  Result<void> take_move() {
    PF_TRY(const std::int32_t dx, take_coordinate());
    PF_TRY(const std::int32_t dy, take_coordinate());
    add({.kind = InputKind::mouse_move, .x = dx, .y = dy});
    return {};
  }

  Result<void> take_moveto() {
    InputEvent event{.kind = InputKind::mouse_move_absolute};
    PF_TRY_VOID(take_position(event));
    add(event);
    return {};
  }

  Result<void> take_scroll() {
    const std::string_view direction = take_word(rest_), amount = take_word(rest_);
    if (direction != "vertical" && direction != "horizontal")
      return wrong("scroll wants vertical or horizontal, not '{}'", direction);
    const auto notches = number_of<double>(amount);
    if (!notches || !(std::abs(*notches) <= kMaxNotches) || *notches == 0)
      return wrong("scroll wants notches, like 1 or -0.5, not '{}'", amount);
    add({.kind = InputKind::mouse_scroll,
         .code = direction == "horizontal" ? 1u : 0u,
         .x = static_cast<std::int32_t>(std::lround(*notches * input::kScrollPerNotch))});
    return {};
  }

  Result<void> take_touch() {
    const std::string_view word = take_word(rest_), what = take_word(rest_);
    const auto finger = number_of<std::uint32_t>(word);
    if (!finger) return wrong("touch wants the number of a finger first, not '{}'", word);
    InputEvent event{.kind = InputKind::touch_up, .code = *finger};
    if (what == "down" || what == "move") {
      event.kind = what == "down" ? InputKind::touch_down : InputKind::touch_move;
      PF_TRY_VOID(take_position(event));
    } else if (what != "up") {
      return wrong("touch {}: write down, move or up, not '{}'", *finger, what);
    }
    add(event);
    return {};
  }

  Result<std::int32_t> take_coordinate() {
    const std::string_view word = take_word(rest_);
    const auto coordinate = number_of<std::int32_t>(word);
    if (!coordinate) return wrong("'{}' is no number of pixels", word);
    return *coordinate;
  }

  // X Y, and on a surface of which size.
  Result<void> take_position(InputEvent& event) {
    PF_TRY(event.x, take_coordinate());
    PF_TRY(event.y, take_coordinate());
    const std::string_view word = take_word(rest_);
    const auto surface = word.empty() ? std::optional(screen_) : size_of(word);
    if (!surface) return wrong("'{}' is no size: write WxH, like 1280x720", word);
    event.flags = input::flags_of_surface(*surface);
    return {};
  }

  SizePx screen_;
  InputScript script_;
  Nanos now_{0};
  std::uint32_t line_ = 0;
  std::string_view rest_;  // of the line at hand
};

}  // namespace

Result<InputScript> parse_input_script(std::string_view text, SizePx screen) {
  if (text.size() > kMaxFileBytes)
    return fail(ErrorKind::exhausted, "a script has at most {} bytes", kMaxFileBytes);
  Parser parser(screen);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    PF_TRY_VOID(parser.take_line(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(parser).finish();
}

}  // namespace pf::input_script
