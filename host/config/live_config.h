// The configuration while the host runs: read when it starts, read again when the file changes,
// edited for whoever uses the API or `punktfunk-host config`.
//
// What is in force is a Snapshot that never changes; a new configuration is a new one. Those who
// decide ask for it at the moment they decide, or are told of it (follow()). Nothing of this is on
// the way of a frame. A file that cannot be used, because it is malformed, only half there, or asks
// for what this machine does not have, changes nothing: the last good one stays in force, and the
// health board says in which line the mistake is, until it is mended.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/runtime/health_board.h"
#include "core/runtime/supervised_thread.h"
#include "host/config/config_file.h"
#include "host/config/file_watch.h"
#include "host/config/settings_file.h"

namespace pf::config {

// Where a setting's value comes from.
enum class Origin : std::uint8_t { by_default, file, command_line };
const char* to_string(Origin origin) noexcept;  // "default", "file", "command_line"

struct Snapshot {
  HostConfig in_force;                            // what the host goes by
  HostConfig next_start;                          // what it would go by if it were started again
  HostConfig saved;                               // what the file says, without the command line
  SettingLines lines;                             // of `saved`
  std::set<std::string, std::less<>> overridden;  // keys that the command line gives
  std::string path;
  std::string revision;  // of the file's bytes
  // Why the file as it is now is not in force, with its line; empty: it is.
  std::string problem;

  Origin origin_of(const Setting& setting) const;
};

// Of a file for which no host runs: everything is in force that it says. Errors as load_config().
Result<Snapshot> read_snapshot(const std::string& path, std::span<const std::string> overrides);

// Changes the file for which no host runs. `revision` as in LiveConfig::edit().
Result<void> edit_file(const std::string& path, std::span<const SettingChange> changes,
                       std::optional<std::string_view> revision);

class LiveConfig {
 public:
  // How long a file is left alone before it is read: until who writes it has paused, closed it, or
  // put the other half where the old file was.
  static constexpr Nanos kSettle = milliseconds(100);
  static constexpr Nanos kSettleEmpty = seconds(1);     // hardly meant
  static constexpr Nanos kSettleOpen = seconds(5);      // whoever takes longer has died over it
  static constexpr Nanos kSettleLongest = seconds(20);  // of one that changes all the time
  // Between two looks where the system does not tell.
  static constexpr Nanos kLookEvery = seconds(2);

  // Reads the file; errors as load_config(). The references outlive it.
  static Result<std::unique_ptr<LiveConfig>> open(const std::string& path,
                                                  std::vector<std::string> overrides,
                                                  HealthBoard& board, const Clock& clock);
  // Any thread.
  std::shared_ptr<const Snapshot> now() const;

  // Puts something in force that was prepared; cannot fail.
  using Install = std::function<void()>;
  // Builds what the host needs for `next`, opening nothing lasting; an error (a sentence for the
  // user) means that it cannot be had, and `next` does not get in force. On any thread, one call at
  // a time; must not call back.
  using Prepare = std::function<Result<Install>(const HostConfig& before, const HostConfig& next)>;

  // Watches the file and puts what changes in force, as long as it lives; one at a time. Before and
  // after, edit() writes the file, and what is live is only what now() tells.
  class Following {
   public:
    Following(LiveConfig& config, Prepare prepare);
    ~Following();
    Following(const Following&) = delete;
    Following& operator=(const Following&) = delete;

   private:
    LiveConfig& config_;
  };

  // Any thread; returns when the file is written and what is live is in force. `revision`: the edit
  // is meant for the file with these bytes (kStaleEdit otherwise). Errors as edit_settings() and
  // replace_settings_text() have them, or what Prepare says.
  Result<void> edit(std::span<const SettingChange> changes,
                    std::optional<std::string_view> revision);

  // Likewise for what is no setting, the [[app]] tables: `make` gives the file's new text for the
  // old one (app_edit.h). Its errors go to the caller.
  using TextEdit = std::function<Result<std::string>(std::string_view toml)>;
  Result<void> edit_text(const TextEdit& make, std::optional<std::string_view> revision);

  // Something besides the file has changed that `Prepare` looks at: prepares and puts in force anew
  // what is. Any thread; returns when that is done. Nothing happens while nobody follows.
  void install_again();

 private:
  LiveConfig(std::unique_ptr<FileWatch> watch, std::vector<std::string> overrides, Snapshot first,
             HealthBoard& board, const Clock& clock);

  Result<void> watch(Shift& shift);
  void reload();
  struct Ready {
    Snapshot snapshot;
    Install install;
  };
  Result<Ready> prepare(const SettingsText& text);
  void adopt(Ready ready);
  void refuse(const Error& error, const std::string& revision);
  void publish(Snapshot snapshot);

  const std::string path_;
  const std::unique_ptr<FileWatch> watch_;  // the thread's
  const std::vector<std::string> overrides_;
  HealthBoard& board_;
  const Clock& clock_;

  // One change after the other: held from the look at the file until what it says is in force, so
  // also while `prepare_` builds. Nobody waits for it but who changes something.
  std::mutex turn_;
  Prepare prepare_;  // under turn_
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_;  // under mutex_; written under turn_ too

  Doorbell bell_;
  std::optional<SupervisedThread> thread_;  // last: it uses the above
};

}  // namespace pf::config
