// The settings table: one row for each thing a user may set. The parser, the command line and the
// reference page (docs/settings.md) are all made from it, so a setting cannot be half there.
// Immutable; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "host/config/host_config.h"

namespace pf::config {

// When a changed value counts: at once, for whatever is decided next; for sessions that begin from
// then on; or when the host is started again.
enum class TakesEffect : std::uint8_t { live, next_session, restart };
const char* to_string(TakesEffect takes_effect) noexcept;  // "live", "next_session", "restart"

struct WholeNumber {
  std::int64_t least, most;  // both included
  std::int64_t (*get)(const HostConfig&);
  void (*set)(HostConfig&, std::int64_t);
};
struct Flag {
  bool& (*at)(HostConfig&);
};
struct Text {
  std::string& (*at)(HostConfig&);
  bool (*allowed)(const std::string&);
  std::string_view rule;  // what `allowed` asks for, to follow "must be "
};
struct Choice {
  std::string& (*at)(HostConfig&);
  std::vector<std::string_view> choices;
};
struct TextList {
  std::vector<std::string>& (*at)(HostConfig&);
};
using SettingType = std::variant<WholeNumber, Flag, Text, Choice, TextList>;

struct Setting {
  std::string_view key;   // "section.name"
  std::string_view unit;  // empty: a plain count, or no number at all
  TakesEffect takes_effect;
  std::string_view sentence;
  SettingType type;
};

// Longest text, and most texts in a list: generous for paths and command lines, small enough to
// print.
inline constexpr std::size_t kMaxTextBytes = 4096;
inline constexpr std::size_t kMaxListItems = 64;

// In the order of the reference page: sections together.
std::span<const Setting> settings();
const Setting* find_setting(std::string_view key);  // nullptr: there is none

// A value as it was written, before anybody asked whether it suits the setting.
struct Unusable {
  std::string_view kind;  // "a date", "a section"
  bool operator==(const Unusable&) const = default;
};
using Value = std::variant<std::int64_t, bool, std::string, std::vector<std::string>, Unusable>;

// What `config` says; never Unusable.
Value value_of(const HostConfig& config, const Setting& setting);

// `malformed`, with a sentence that names the key and what it must be, when the value does not
// suit.
Result<void> assign(HostConfig& config, const Setting& setting, const Value& value);

// What a value must be, to follow "must be ": "a whole number from 1 to 65535".
std::string requirement(const Setting& setting);

// What somebody wrote, for an error message: enough to recognise it, nothing that moves a
// terminal's cursor.
std::string printable(std::string_view text);

}  // namespace pf::config
