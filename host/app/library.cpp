#include "host/app/library.h"

#include <algorithm>
#include <cstdlib>

#include "core/runtime/installed.h"
#include "core/runtime/log.h"
#include "host/config/settings.h"

namespace pf::app {
namespace {

using library::kSources;

constexpr const char* kHelper = "punktfunk-library";

bool is_source(std::string_view name) {
  return std::any_of(kSources.begin(), kSources.end(),
                     [&](const library::SourceName& one) { return one.name == name; });
}

std::vector<std::string> all_sources() {
  std::vector<std::string> names;
  names.reserve(kSources.size());
  for (const library::SourceName& one : kSources) names.emplace_back(one.name);
  return names;
}

// Relative values are ignored, as the Base Directory specification asks; so is a slash at the end.
std::string folder(const char* variable, std::string otherwise) {
  const char* const value = std::getenv(variable);
  std::string path = value != nullptr && value[0] == '/' ? value : std::move(otherwise);
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::vector<std::string> data_dirs() {
  const char* const value = std::getenv("XDG_DATA_DIRS");
  std::string_view rest = value != nullptr ? value : "";
  std::vector<std::string> folders;
  while (!rest.empty() && folders.size() < config::kMaxListItems) {
    std::string_view one = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    while (one.size() > 1 && one.ends_with('/')) one.remove_suffix(1);
    if (one.starts_with('/')) folders.emplace_back(one);
  }
  return folders.empty() ? std::vector<std::string>{"/usr/local/share", "/usr/share"} : folders;
}

}  // namespace

Result<library::LibraryRules> library_rules(const config::HostConfig& config) {
  library::LibraryRules rules;
  for (const std::string& name : config.library.sources) {
    if (name == "all") {
      rules.sources = all_sources();
      break;
    }
    if (!is_source(name)) {
      return fail(ErrorKind::malformed, "library.sources: there is no source \"{}\", but all, {}",
                  config::printable(name), fmt::join(all_sources(), ", "));
    }
    rules.sources.push_back(name);
  }
  rules.all_desktop_entries = config.library.desktop_entries == "all";
  rules.user = config.desktop.run_as;
  for (const config::AppConfig& app : config.apps)
    rules.custom.push_back({.name = app.name,
                            .command = app.command,
                            .working_folder = app.working_folder,
                            .image = app.image});
  return rules;
}

library::Places library_places() {
  library::Places places;
  places.home = folder("HOME", "/");
  places.data_home = folder("XDG_DATA_HOME", places.home + "/.local/share");
  places.config_home = folder("XDG_CONFIG_HOME", places.home + "/.config");
  places.cache_home = folder("XDG_CACHE_HOME", places.home + "/.cache");
  places.data_dirs = data_dirs();
  return places;
}

std::unique_ptr<library::Library> open_library(library::LibraryRules rules,
                                               library::Library::OnChange on_change,
                                               HealthBoard& board, const Clock& clock) {
  auto helper = find_installed_program(kHelper);
  if (!helper) log::warning("library", "{}", helper.error().what);
  return std::make_unique<library::Library>(
      library::Library::Params{.helper = helper ? *helper : kHelper, .places = library_places()},
      std::move(rules), std::move(on_change), board, clock);
}

admin::LibraryControl control_of(library::Library& library) {
  return {.now = [&library] { return library.now(); },
          .scan = [&library] { library.scan(); },
          .look = [&library](Nanos age) { library.scan_if_older(age); },
          .art = [&library](library::Library::ArtAsk ask) { library.ask_art(std::move(ask)); }};
}

}  // namespace pf::app
