#include "host/config/live_config.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/runtime/log.h"
#include "host/config/toml_edit.h"

namespace pf::config {
namespace {

constexpr const char* kWorker = "settings";  // on the health board, and in the log

void copy_value(HostConfig& into, const HostConfig& from, const Setting& setting) {
  PF_CHECK(assign(into, setting, value_of(from, setting)).has_value());
}

Result<Snapshot> snapshot_of(const std::string& path, const SettingsText& text,
                             std::span<const std::string> overrides) {
  PF_TRY(Reading reading, read_config(text.text, path));
  Snapshot snapshot;
  snapshot.next_start = reading.config;
  for (const std::string& assignment : overrides) {
    PF_TRY_VOID(apply_override(snapshot.next_start, assignment));
    snapshot.overridden.insert(assignment.substr(0, assignment.find('=')));
  }
  snapshot.in_force = snapshot.next_start;
  snapshot.saved = std::move(reading.config);
  snapshot.lines = std::move(reading.lines);
  snapshot.path = path;
  snapshot.revision = text.revision;
  return snapshot;
}

// What needs a restart stays as it is until there is one.
void keep_until_restart(HostConfig& next, const HostConfig& now) {
  for (const Setting& setting : settings())
    if (setting.takes_effect == TakesEffect::restart) copy_value(next, now, setting);
}

const char* from_when(TakesEffect takes_effect) {
  switch (takes_effect) {
    case TakesEffect::live:
      return "at once";
    case TakesEffect::next_session:
      return "for sessions to come";
    case TakesEffect::restart:
      return "when the host is started again";
  }
  return "";
}

void log_changes(const Snapshot& before, const Snapshot& now) {
  for (const Setting& setting : settings()) {
    const Value value = value_of(now.next_start, setting);
    if (value == value_of(before.next_start, setting)) continue;
    log::info(kWorker, "{} is {} now: it counts {}", setting.key, toml_value(value),
              from_when(setting.takes_effect));
  }
  if (before.next_start.apps != now.next_start.apps)
    log::info(kWorker, "the applications have changed: there are {}", now.next_start.apps.size());
}

// The file's new bytes, and which ones they are for.
struct Edited {
  SettingsText text;
  std::string before;  // revision
};

Result<Edited> edited(const std::string& path, const LiveConfig::TextEdit& make,
                      std::optional<std::string_view> revision) {
  PF_TRY(SettingsText text, read_settings_text(path));
  if (revision && *revision != text.revision) {
    return Failure(Error{ErrorKind::refused,
                         fmt::format("{} has been changed meanwhile: look at it again", path),
                         kStaleEdit});
  }
  Edited result{.text = {}, .before = text.revision};
  PF_TRY(result.text.text, make(text.text));
  result.text.revision = revision_of(result.text.text);
  return result;
}

LiveConfig::TextEdit to_settings(const std::string& path, std::span<const SettingChange> changes) {
  return [&path, changes](std::string_view toml) { return edit_settings(toml, path, changes); };
}

}  // namespace

const char* to_string(Origin origin) noexcept {
  switch (origin) {
    case Origin::by_default:
      return "default";
    case Origin::file:
      return "file";
    case Origin::command_line:
      return "command_line";
  }
  return "default";
}

Origin Snapshot::origin_of(const Setting& setting) const {
  if (overridden.contains(setting.key)) return Origin::command_line;
  return lines.contains(setting.key) ? Origin::file : Origin::by_default;
}

Result<Snapshot> read_snapshot(const std::string& path, std::span<const std::string> overrides) {
  PF_TRY(const SettingsText text, read_settings_text(path));
  return snapshot_of(path, text, overrides);
}

Result<void> edit_file(const std::string& path, std::span<const SettingChange> changes,
                       std::optional<std::string_view> revision) {
  PF_TRY(const Edited result, edited(path, to_settings(path, changes), revision));
  if (result.text.revision == result.before) return {};
  return replace_settings_text(path, result.text.text, result.before);
}

LiveConfig::LiveConfig(std::unique_ptr<FileWatch> watch, std::vector<std::string> overrides,
                       Snapshot first, HealthBoard& board, const Clock& clock)
    : path_(first.path),
      watch_(std::move(watch)),
      overrides_(std::move(overrides)),
      board_(board),
      clock_(clock),
      snapshot_(std::make_shared<const Snapshot>(std::move(first))) {}

Result<std::unique_ptr<LiveConfig>> LiveConfig::open(const std::string& path,
                                                     std::vector<std::string> overrides,
                                                     HealthBoard& board, const Clock& clock) {
  auto watch = std::make_unique<FileWatch>(path);  // before it is read: no change is missed
  PF_TRY(Snapshot first, read_snapshot(path, overrides));
  return std::unique_ptr<LiveConfig>(
      new LiveConfig(std::move(watch), std::move(overrides), std::move(first), board, clock));
}

std::shared_ptr<const Snapshot> LiveConfig::now() const {
  std::lock_guard lock(mutex_);
  return snapshot_;
}

LiveConfig::Following::Following(LiveConfig& config, Prepare prepare) : config_(config) {
  PF_CHECK(!config.thread_);
  {
    std::lock_guard turn(config.turn_);
    config.prepare_ = std::move(prepare);
  }
  config.thread_.emplace(ThreadSpec{.name = kWorker, .role = ThreadRole::background},
                         BackoffPolicy{}, config.bell_, config.board_, config.clock_,
                         [&config](Shift& shift) { return config.watch(shift); });
}

LiveConfig::Following::~Following() {
  config_.thread_.reset();
  std::lock_guard turn(config_.turn_);
  config_.prepare_ = nullptr;
}

Result<void> LiveConfig::edit(std::span<const SettingChange> changes,
                              std::optional<std::string_view> revision) {
  return edit_text(to_settings(path_, changes), revision);
}

Result<void> LiveConfig::edit_text(const TextEdit& make, std::optional<std::string_view> revision) {
  std::lock_guard turn(turn_);
  PF_TRY(const Edited result, edited(path_, make, revision));
  PF_TRY(Ready ready, prepare(result.text));
  if (result.text.revision != result.before)
    PF_TRY_VOID(replace_settings_text(path_, result.text.text, result.before));
  adopt(std::move(ready));
  return {};
}

void LiveConfig::install_again() {
  std::lock_guard turn(turn_);
  if (!prepare_) return;
  const auto same = now();
  const auto install = prepare_(same->in_force, same->in_force);
  if (!install) return log::warning(kWorker, "{}", install.error().what);
  (*install)();
}

Result<void> LiveConfig::watch(Shift& shift) {
  shift.opened();
  std::optional<LocalTime> restless_since, read_at;
  while (!shift.over()) {
    const LocalTime now = clock_.now();
    const FileWatch::News news = watch_->look();
    if (news != FileWatch::News::none) {
      restless_since = restless_since.value_or(now);
      const Nanos settle = news == FileWatch::News::open      ? kSettleOpen
                           : news == FileWatch::News::emptied ? kSettleEmpty
                                                              : kSettle;
      read_at = std::min(now + settle, *restless_since + kSettleLongest);
    }
    if (read_at && now >= *read_at) {
      reload();
      read_at.reset();
      restless_since.reset();
    }
    shift.bell().wait_with(watch_->fd(), read_at ? *read_at - now : kLookEvery);
  }
  return {};
}

void LiveConfig::reload() {
  std::lock_guard turn(turn_);
  const auto before = now();
  const auto text = read_settings_text(path_);
  if (!text) return refuse(text.error(), before->revision);
  if (text->revision == before->revision && before->problem.empty()) return;
  auto ready = prepare(*text);
  if (!ready) return refuse(ready.error(), text->revision);
  adopt(*std::move(ready));
}

// Under turn_, as all below.
Result<LiveConfig::Ready> LiveConfig::prepare(const SettingsText& text) {
  const auto before = now();
  PF_TRY(Snapshot next, snapshot_of(path_, text, overrides_));
  keep_until_restart(next.in_force, before->in_force);
  Ready ready{std::move(next), {}};
  if (prepare_) {
    PF_TRY(ready.install, prepare_(before->in_force, ready.snapshot.in_force));
  }
  return ready;
}

void LiveConfig::adopt(Ready ready) {
  const auto before = now();
  if (ready.install) ready.install();
  log_changes(*before, ready.snapshot);
  if (!before->problem.empty()) log::info(kWorker, "{} can be used again", path_);
  publish(std::move(ready.snapshot));
}

void LiveConfig::refuse(const Error& error, const std::string& revision) {
  Snapshot same = *now();
  if (same.problem != error.what)
    log::error(kWorker, "{}; what was in force stays in force", error.what);
  same.problem = error.what;
  same.revision = revision;
  publish(std::move(same));
}

void LiveConfig::publish(Snapshot snapshot) {
  const auto before = now();
  if (!snapshot.problem.empty() && snapshot.problem != before->problem) {
    board_.healing(kWorker, Error{ErrorKind::malformed, snapshot.problem, 0}, clock_.now(), {},
                   "waits until the file is mended; what was in force stays in force");
  } else if (snapshot.problem.empty() && !before->problem.empty()) {
    board_.working(kWorker, clock_.now());
  }
  std::lock_guard lock(mutex_);
  snapshot_ = std::make_shared<const Snapshot>(std::move(snapshot));
}

}  // namespace pf::config
