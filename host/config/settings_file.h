// The configuration file as something that is edited: by people with any editor, by the host for
// whoever uses its API, by `punktfunk-host config`. Nobody's edit may undo another's unseen, and
// the file is at every instant the old one or the new one.
//
// Any thread, any process: whoever writes holds a lock (flock(2)) on the file's folder meanwhile.
// An editor knows nothing of that, but between the last look at the file and its replacement lie
// microseconds.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "host/config/settings.h"

namespace pf::config {

// os_code of the error when somebody else has changed the file meanwhile.
inline constexpr int kStaleEdit = 116;              // ESTALE
inline constexpr Nanos kLockPatience = seconds(2);  // an edit of another program takes milliseconds

struct SettingsText {
  std::string text;      // empty: there is no file, or nothing in it
  std::string revision;  // names these bytes; 16 hexadecimal digits
};
Result<SettingsText> read_settings_text(const std::string& path);
std::string revision_of(std::string_view text);

// An edit; without a value the setting goes back to its default.
struct SettingChange {
  const Setting* setting = nullptr;  // of the table
  std::optional<Value> value{};
};

// `toml` with the changes, all or none. `malformed`: a value does not suit (all that do not are
// named, one a line), or what the file says besides is wrong; `name` is what the file is called in
// errors. `refused`: TOML that cannot be edited.
Result<std::string> edit_settings(std::string_view toml, std::string_view name,
                                  std::span<const SettingChange> changes);

// Replaces the file's bytes, if they still are those of `revision`; else the error's os_code is
// kStaleEdit. Keeps mode and owner, and follows symbolic links; makes missing folders. `exhausted`:
// the disk is full; `refused`: it may not be written.
Result<void> replace_settings_text(const std::string& path, std::string_view text,
                                   std::string_view revision);

}  // namespace pf::config
