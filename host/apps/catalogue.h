// The applications of this host, as every door offers them: GameStream's list and launch, and the
// launch id of the native protocol's Hello (docs/protocol/punktfunk1.md section 4.1).
//
// "Desktop" comes first and is always there; then those of the configuration, in its order, then
// what the library has found on this machine.
// Immutable: copy it freely, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/display_mode.h"
#include "core/base/result.h"
#include "host/config/host_config.h"
#include "host/library/entry.h"

namespace pf::apps {

// 1 to 2^31 - 1, since GameStream clients read it as a signed number and 0 means none. Made from
// the name alone, so that it means the same application after a restart and whatever else was
// added.
enum class AppId : std::uint32_t {};

AppId id_of(std::string_view name) noexcept;

// The same for what the library has: of its id ("steam:570"), since titles change; an application
// of the configuration is known by its name there too.
AppId id_of(const library::Entry& entry, const config::HostConfig& config);

struct App {
  AppId id{};
  std::string entry;  // its id in the library; empty: Desktop
  std::string name;
  std::vector<std::string> command;  // empty: nothing but the desktop
  std::vector<config::PrepStep> prep;
  std::string working_folder;       // absolute; empty: that of the host
  std::string image;                // absolute path of a PNG; empty: none
  std::optional<DisplayMode> mode;  // of the display; empty: what the client asks for
  bool ends_session = true;         // when it has ended by itself
};

class Catalogue {
 public:
  Catalogue();  // a desktop with nothing in it
  // `malformed` when two names give the same id, which needs bad luck (1 : 2^31 each) and is mended
  // by another name.
  // Of the library's entries those that can be started are added, unless one has a number that is
  // taken.
  static Result<Catalogue> make(const config::HostConfig& config,
                                std::span<const library::Entry> entries = {});

  std::span<const App> apps() const noexcept { return apps_; }  // at least Desktop
  const App& desktop() const noexcept { return apps_.front(); }
  const App* find(AppId id) const noexcept;  // nullptr: there is none
  // What a client wrote: a name, an entry's id ("steam:570"), or a number in decimal. nullptr:
  // there is none. Of two that are called the same the first is meant.
  const App* find(std::string_view launch_id) const noexcept;

 private:
  std::vector<App> apps_;
};

}  // namespace pf::apps
