#include "host/config/config_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "host/config/app_table.h"
#include "host/config/settings.h"
#include "host/config/suggestion.h"
#include "host/config/toml_edit.h"
#include "host/config/toml_text.h"

namespace pf::config {
namespace {

// A person mends a few and looks again; a file of nonsense does not fill the screen.
constexpr std::size_t kMaxProblems = 8;

std::vector<std::string_view> all_keys() {
  std::vector<std::string_view> keys;
  for (const Setting& setting : settings()) keys.push_back(setting.key);
  return keys;
}

std::vector<std::string_view> all_sections() {
  std::vector<std::string_view> sections;
  for (const Setting& setting : settings()) {
    const std::string_view section = setting.key.substr(0, setting.key.find('.'));
    if (sections.empty() || sections.back() != section) sections.push_back(section);
  }
  sections.push_back("app");
  return sections;
}

bool is_section(std::string_view path) {
  const auto sections = all_sections();
  return std::find(sections.begin(), sections.end(), path) != sections.end();
}

void read_section(const toml::table& table, const std::string& section, Reading& into,
                  std::vector<Problem>& problems) {
  for (auto&& [key, node] : table) {
    const std::string path = section + "." + std::string(key.str());
    if (const Setting* setting = find_setting(path)) {
      into.lines[path] = node.source().begin.line;
      if (auto done = assign(into.config, *setting, value_of(node)); !done) {
        problems.push_back({node.source().begin.line, done.error().what});
      }
    } else {
      problems.push_back(
          {key.source().begin.line,
           fmt::format("unknown setting '{}'{}", printable(path), did_you_mean(path, all_keys()))});
    }
  }
}

void read_document(const toml::table& document, Reading& into, std::vector<Problem>& problems) {
  for (auto&& [key, node] : document) {
    const std::string name(key.str());
    const std::uint32_t line = key.source().begin.line;
    const bool known = is_section(name);
    if (name == "app") {
      read_apps(node, line, into.config.apps, problems);
    } else if (known && node.is_table()) {
      read_section(*node.as_table(), name, into, problems);
    } else if (known) {
      problems.push_back(
          {line, fmt::format("'{0}' is a section: write [{0}] and its settings below", name)});
    } else if (node.is_table()) {
      problems.push_back({line, fmt::format("unknown section [{}]{}", printable(name),
                                            did_you_mean(name, all_sections()))});
    } else {
      // Often a setting that has lost its section.
      std::string hint = did_you_mean(name, all_keys());
      if (name == "apps") hint = ": did you mean [[app]]?";
      for (const std::string_view full : all_keys()) {
        if (full.substr(full.find('.') + 1) != name) continue;
        hint = fmt::format(": did you mean '{}'?", full);
        break;  // of several the one that the reference page has first: it is meant most often
      }
      problems.push_back({line, fmt::format("unknown setting '{}'{}", printable(name), hint)});
    }
  }
}

Failure report(std::vector<Problem> problems, std::string_view name) {
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  std::string what;
  for (std::size_t i = 0; i < problems.size() && i < kMaxProblems; ++i) {
    what += fmt::format("{}{}:{}: {}", i == 0 ? "" : "\n", name, problems[i].line,
                        problems[i].sentence);
  }
  if (problems.size() > kMaxProblems)
    what += fmt::format("\n… and {} more", problems.size() - kMaxProblems);
  return Failure(Error{ErrorKind::malformed, std::move(what), 0});
}

// A value written as in TOML; empty: it is none.
std::optional<Value> parse_value(std::string_view text) {
  auto document = parse_toml(fmt::format("value = {}", text));
  if (!document || document->size() != 1) return std::nullopt;
  const toml::node* node = document->get("value");
  return node == nullptr ? std::nullopt : std::optional<Value>(value_of(*node));
}

bool holds_plain_text(const Setting& setting) {
  return std::holds_alternative<Text>(setting.type) || std::holds_alternative<Choice>(setting.type);
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

Result<Reading> read_config(std::string_view toml, std::string_view name) {
  if (toml.size() > kMaxConfigBytes) {
    return fail(ErrorKind::malformed, "{} is larger than {} KiB, which no configuration needs",
                name, kMaxConfigBytes / 1024);
  }
  auto document = parse_toml(toml);
  if (!document) return report({document.error()}, name);
  Reading reading;
  std::vector<Problem> problems;
  read_document(*document, reading, problems);
  if (!problems.empty()) return report(std::move(problems), name);
  return reading;
}

Result<HostConfig> parse_config(std::string_view toml, std::string_view name) {
  PF_TRY(Reading reading, read_config(toml, name));
  return std::move(reading.config);
}

Result<const Setting*> need_setting(std::string_view key) {
  if (const Setting* setting = find_setting(key)) return setting;
  return fail(ErrorKind::malformed, "unknown setting '{}'{}", printable(key),
              did_you_mean(key, all_keys()));
}

Value parse_setting_value(const Setting& setting, std::string_view text) {
  if (holds_plain_text(setting) || text.size() > kMaxConfigBytes) return std::string(text);
  return parse_value(text).value_or(Value(std::string(text)));
}

Result<void> apply_override(HostConfig& config, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    return fail(ErrorKind::malformed,
                "'{}' is no assignment: write --set key=value, such as --set network.port=9778",
                printable(assignment));
  }
  const std::string_view key = assignment.substr(0, equals);
  const std::string_view text = assignment.substr(equals + 1);
  PF_TRY(const Setting* setting, need_setting(key));
  if (text.size() > kMaxConfigBytes) {
    return fail(ErrorKind::malformed, "the value given for {} is larger than {} KiB", key,
                kMaxConfigBytes / 1024);
  }
  return assign(config, *setting, parse_setting_value(*setting, text));
}

std::string toml_list(std::span<const std::string> texts) {
  return toml_value(std::vector<std::string>(texts.begin(), texts.end()));
}

Result<std::optional<std::string>> read_config_file(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) {
    const int os_code = errno;
    if (os_code == ENOENT || os_code == ENOTDIR) return std::nullopt;
    return fail_os(ErrorKind::refused, os_code,
                   fmt::format("cannot open the configuration file {}", path));
  }
  std::string text(kMaxConfigBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) {
    return fail_os(ErrorKind::refused, errno,
                   fmt::format("cannot read the configuration file {}", path));
  }
  return text;
}

Result<HostConfig> load_config(const std::string& path, std::span<const std::string> overrides) {
  PF_TRY(const auto text, read_config_file(path));
  PF_TRY(HostConfig config, parse_config(text.value_or(""), path));
  for (const std::string& assignment : overrides) PF_TRY_VOID(apply_override(config, assignment));
  return config;
}

}  // namespace pf::config
