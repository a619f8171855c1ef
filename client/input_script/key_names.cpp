#include "client/input_script/key_names.h"

#include <charconv>

namespace pf::input_script {
namespace {

struct NamedKey {
  std::string_view name;
  std::uint8_t key;
};

// Windows virtual-key codes, as docs/protocol/punktfunk1.md section 16.1 uses them.
constexpr NamedKey kNamedKeys[] = {
    {"backspace", 0x08}, {"tab", 0x09},       {"enter", 0x0D},      {"pause", 0x13},
    {"capslock", 0x14},  {"escape", 0x1B},    {"space", 0x20},      {"pageup", 0x21},
    {"pagedown", 0x22},  {"end", 0x23},       {"home", 0x24},       {"left", 0x25},
    {"up", 0x26},        {"right", 0x27},     {"down", 0x28},       {"print", 0x2C},
    {"insert", 0x2D},    {"delete", 0x2E},    {"super", 0x5B},      {"rsuper", 0x5C},
    {"menu", 0x5D},      {"numlock", 0x90},   {"scrolllock", 0x91}, {"shift", 0xA0},
    {"lshift", 0xA0},    {"rshift", 0xA1},    {"ctrl", 0xA2},       {"lctrl", 0xA2},
    {"rctrl", 0xA3},     {"alt", 0xA4},       {"lalt", 0xA4},       {"ralt", 0xA5},
    {"altgr", 0xA5},     {"semicolon", 0xBA}, {"equal", 0xBB},      {"comma", 0xBC},
    {"minus", 0xBD},     {"period", 0xBE},    {"slash", 0xBF},      {"grave", 0xC0},
    {"lbracket", 0xDB},  {"backslash", 0xDC}, {"rbracket", 0xDD},   {"quote", 0xDE},
};

constexpr std::uint8_t kF1 = 0x70, kPad0 = 0x60;

// The number behind a prefix, if that is all there is.
std::optional<unsigned> number_behind(std::string_view name, std::string_view prefix,
                                      int base = 10) noexcept {
  if (name.size() <= prefix.size() || name.substr(0, prefix.size()) != prefix) return std::nullopt;
  name.remove_prefix(prefix.size());
  unsigned number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number, base);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint8_t> key_of_name(std::string_view name) noexcept {
  if (name.size() == 1) {
    const char letter = name[0];
    if (letter >= 'a' && letter <= 'z') return static_cast<std::uint8_t>(letter - 'a' + 'A');
    if (letter >= '0' && letter <= '9') return static_cast<std::uint8_t>(letter);
    return std::nullopt;
  }
  if (const auto code = number_behind(name, "0x", 16); code && *code >= 1 && *code <= 0xFE)
    return static_cast<std::uint8_t>(*code);
  if (const auto f = number_behind(name, "f"); f && *f >= 1 && *f <= 24)
    return static_cast<std::uint8_t>(kF1 + *f - 1);
  if (const auto digit = number_behind(name, "pad"); digit && *digit <= 9)
    return static_cast<std::uint8_t>(kPad0 + *digit);
  for (const NamedKey& named : kNamedKeys) {
    if (named.name == name) return named.key;
  }
  return std::nullopt;
}

}  // namespace pf::input_script
