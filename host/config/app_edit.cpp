#include "host/config/app_edit.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "host/config/config_file.h"
#include "host/config/settings.h"
#include "host/config/toml_edit.h"
#include "host/config/toml_text.h"

namespace pf::config {
namespace {

constexpr std::string_view kFile = "host.toml";  // in sentences about what the text says
constexpr std::string_view kSection = "app";

// --- Lines of a text, counted from 1 as the TOML library does.

std::size_t begin_of_line(std::string_view text, std::uint32_t line) {
  std::size_t at = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  for (std::uint32_t passed = 1; passed < line; ++passed) {
    const std::size_t feed = text.find('\n', at);
    if (feed == std::string_view::npos) return text.size();
    at = feed + 1;
  }
  return at;
}

std::string_view line_feed_of(std::string_view text) {
  return text.find("\r\n") != std::string_view::npos ? "\r\n" : "\n";
}

// --- Where headers are: [section], [[app]]. Values in braces have none.

void add_headers(const toml::node& node, const toml::node* without,
                 std::vector<std::uint32_t>& lines) {
  if (&node == without) return;
  if (const toml::table* table = node.as_table()) {
    if (table->is_inline()) return;
    if (table->source().begin) lines.push_back(table->source().begin.line);
    for (auto&& [key, value] : *table) add_headers(value, without, lines);
  }
  if (const toml::array* array = node.as_array())
    for (const toml::node& item : *array)
      if (item.is_table()) add_headers(item, without, lines);
}

std::uint32_t last_line(const toml::node& node) {
  std::uint32_t last = node.source().end.line;
  if (const toml::table* table = node.as_table())
    for (auto&& [key, value] : *table) last = std::max(last, last_line(value));
  if (const toml::array* array = node.as_array())
    for (const toml::node& item : *array) last = std::max(last, last_line(item));
  return last;
}

struct Block {
  std::size_t begin, end;   // bytes: its header's line, and that of the next header or the end
  std::size_t content_end;  // behind the line of its last value
};

Failure cannot_edit(std::string_view name) {
  return fail(ErrorKind::refused,
              "the application \"{}\" stands in the file in a way that cannot be edited: change it "
              "by hand",
              printable(name));
}

Result<Block> find_block(std::string_view toml, std::size_t index, std::string_view name) {
  const auto document = parse_toml(toml);
  const toml::array* const list = document ? document->get_as<toml::array>(kSection) : nullptr;
  const toml::node* const node = list != nullptr ? list->get(index) : nullptr;
  const toml::table* const table = node != nullptr ? node->as_table() : nullptr;
  if (table == nullptr || table->is_inline()) return cannot_edit(name);
  const std::uint32_t line = table->source().begin.line;
  std::vector<std::uint32_t> headers;
  add_headers(*document, table, headers);
  std::optional<std::uint32_t> next;
  for (const std::uint32_t other : headers)
    if (other > line) next = std::min(next.value_or(other), other);
  return Block{.begin = begin_of_line(toml, line),
               .end = next ? begin_of_line(toml, *next) : toml.size(),
               .content_end = begin_of_line(toml, last_line(*table) + 1)};
}

// --- What an application says, key by key.

std::string prep_text(const std::vector<PrepStep>& steps) {
  std::string list;
  for (const PrepStep& step : steps) {
    std::string one;
    if (!step.run.empty()) one += "run = " + toml_value(step.run);
    if (!step.undo.empty()) one += (one.empty() ? "undo = " : ", undo = ") + toml_value(step.undo);
    list += fmt::format("{}{{ {} }}", list.empty() ? "" : ", ", one);
  }
  return "[" + list + "]";
}

struct Key {
  std::string_view name;
  std::optional<Value> value;  // empty: its default
};

std::optional<Value> text_or_none(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<Value>(text);
}

std::vector<Key> keys_of(const AppConfig& app) {
  return {{"name", Value(app.name)},
          {"command", Value(app.command)},
          {"working_folder", text_or_none(app.working_folder)},
          {"image", text_or_none(app.image)},
          {"mode", app.mode ? std::optional<Value>(to_string(*app.mode)) : std::nullopt},
          {"ends_session", app.ends_session ? std::nullopt : std::optional<Value>(false)}};
}

// --- One application as a text of its own. Its header [[app]] is read as [app], so that the keys
// of a section can be edited, and written back as it was.

class Alone {
 public:
  static std::optional<Alone> make(std::string_view block) {
    const std::size_t open = block.find("[[");
    const std::size_t close = block.find("]]");
    if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
        block.find('\n') < close)
      return std::nullopt;
    std::string text(block);
    text.erase(close, 1);
    text.erase(open, 1);
    return Alone(std::move(text), open, close - 1);
  }

  Result<void> set(std::string_view key, const std::optional<Value>& value) {
    const TomlKey where{kSection, key};
    PF_TRY(text_, value ? with_value(text_, where, *value) : without_value(text_, where));
    return {};
  }

  // Value has no lists of tables: a text holds the place for one.
  Result<void> set_prep(const std::vector<PrepStep>& steps) {
    if (steps.empty()) return set("prep", std::nullopt);
    std::string holder = "prep";
    while (text_.find(toml_value(holder)) != std::string::npos) holder += '-';
    PF_TRY_VOID(set("prep", Value(holder)));
    const std::string held = toml_value(holder);
    text_.replace(text_.find(held), held.size(), prep_text(steps));
    return {};
  }

  // Nothing before the header's end has changed.
  std::string block() const {
    std::string text = text_;
    text.insert(close_, "]");
    text.insert(open_, "[");
    return text;
  }

 private:
  Alone(std::string text, std::size_t open, std::size_t close)
      : text_(std::move(text)), open_(open), close_(close) {}
  std::string text_;
  std::size_t open_, close_;  // of the single brackets
};

Result<std::string> change_block(std::string_view block, const AppConfig& before,
                                 const AppConfig& next) {
  auto alone = Alone::make(block);
  if (!alone) return cannot_edit(before.name);
  const auto old_keys = keys_of(before), new_keys = keys_of(next);
  for (std::size_t i = 0; i < new_keys.size(); ++i)
    if (new_keys[i].value != old_keys[i].value)
      PF_TRY_VOID(alone->set(new_keys[i].name, new_keys[i].value));
  if (next.prep != before.prep) PF_TRY_VOID(alone->set_prep(next.prep));
  return alone->block();
}

// --- All of it.

Result<std::size_t> index_of(const HostConfig& config, std::string_view name) {
  for (std::size_t i = 0; i < config.apps.size(); ++i)
    if (config.apps[i].name == name) return i;
  return fail(ErrorKind::unavailable, "there is no application \"{}\"", printable(name));
}

// What was written says what was wanted.
Result<std::string> checked(std::string text, const HostConfig& before,
                            const std::vector<AppConfig>& wanted, std::string_view name) {
  PF_TRY(const HostConfig now, parse_config(text, kFile));
  if (now.apps != wanted) return cannot_edit(name);
  for (const Setting& setting : settings())
    if (value_of(now, setting) != value_of(before, setting)) return cannot_edit(name);
  return text;
}

}  // namespace

Result<std::string> add_app(std::string_view toml, const AppConfig& app) {
  PF_TRY(const HostConfig before, parse_config(toml, kFile));
  if (index_of(before, app.name))
    return fail(ErrorKind::malformed, "there is an application \"{}\" already",
                printable(app.name));
  const std::string_view feed = line_feed_of(toml);
  std::string text(toml);
  if (!text.empty() && text != kByteOrderMark)
    text += fmt::format("{}{}", text.ends_with('\n') ? "" : feed, feed);
  text += fmt::format("[[app]]{}", feed);
  for (const Key& key : keys_of(app))
    if (key.value) text += fmt::format("{} = {}{}", key.name, toml_value(*key.value), feed);
  if (!app.prep.empty()) text += fmt::format("prep = {}{}", prep_text(app.prep), feed);
  std::vector<AppConfig> wanted = before.apps;
  wanted.push_back(app);
  return checked(std::move(text), before, wanted, app.name);
}

Result<std::string> change_app(std::string_view toml, std::string_view name,
                               const AppConfig& next) {
  PF_TRY(const HostConfig before, parse_config(toml, kFile));
  PF_TRY(const std::size_t index, index_of(before, name));
  if (next.name != name && index_of(before, next.name))
    return fail(ErrorKind::malformed, "there is an application \"{}\" already",
                printable(next.name));
  PF_TRY(const Block block, find_block(toml, index, name));
  PF_TRY(const std::string changed,
         change_block(toml.substr(block.begin, block.end - block.begin), before.apps[index], next));
  std::vector<AppConfig> wanted = before.apps;
  wanted[index] = next;
  return checked(
      fmt::format("{}{}{}", toml.substr(0, block.begin), changed, toml.substr(block.end)), before,
      wanted, name);
}

Result<std::string> remove_app(std::string_view toml, std::string_view name) {
  PF_TRY(const HostConfig before, parse_config(toml, kFile));
  PF_TRY(const std::size_t index, index_of(before, name));
  PF_TRY(const Block block, find_block(toml, index, name));
  const std::string_view head = toml.substr(0, block.begin);
  std::string_view tail = toml.substr(block.content_end);
  // Of the empty lines around it one is enough.
  if (head.ends_with("\n\n") && tail.starts_with('\n')) tail.remove_prefix(1);
  if (head.ends_with("\n\r\n") && tail.starts_with("\r\n")) tail.remove_prefix(2);
  std::vector<AppConfig> wanted = before.apps;
  wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(index));
  return checked(fmt::format("{}{}", head, tail), before, wanted, name);
}

}  // namespace pf::config
