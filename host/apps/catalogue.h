// The applications of this host, as every door offers them: GameStream's list and launch, and the
// launch id of the native protocol's Hello (docs/protocol/punktfunk1.md section 4.1).
//
// "Desktop" comes first and is always there; the others stand in the configuration, in its order.
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

namespace pf::apps {

// 1 to 2^31 - 1, since GameStream clients read it as a signed number and 0 means none. Made from
// the name alone, so that it means the same application after a restart and whatever else was
// added.
enum class AppId : std::uint32_t {};

AppId id_of(std::string_view name) noexcept;

struct App {
  AppId id{};
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
  static Result<Catalogue> make(const config::HostConfig& config);

  std::span<const App> apps() const noexcept { return apps_; }  // at least Desktop
  const App& desktop() const noexcept { return apps_.front(); }
  const App* find(AppId id) const noexcept;  // nullptr: there is none
  // What a client wrote: a name, or an id in decimal. nullptr: there is none.
  const App* find(std::string_view launch_id) const noexcept;

 private:
  std::vector<App> apps_;
};

}  // namespace pf::apps
