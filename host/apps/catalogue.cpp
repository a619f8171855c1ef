#include "host/apps/catalogue.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace pf::apps {
namespace {

constexpr std::uint32_t kIdBits = 0x7FFF'FFFF;
// The library's source of what stands in the configuration.
constexpr std::string_view kCustom = "custom";

App make_app(const config::AppConfig& config) {
  return {.id = id_of(config.name),
          .entry = library::make_id(kCustom, config.name),
          .name = config.name,
          .command = config.command,
          .prep = config.prep,
          .working_folder = config.working_folder,
          .image = config.image,
          .mode = config.mode,
          .ends_session = config.ends_session};
}

App make_app(const library::Entry& entry) {
  App app;
  app.id = id_of(entry.id);
  app.entry = entry.id;
  app.name = entry.title;
  app.command = entry.command;
  app.working_folder = entry.working_folder;
  return app;
}

}  // namespace

// FNV-1a, 32 bits (draft-eastlake-fnv-17 section 2).
AppId id_of(std::string_view name) noexcept {
  std::uint32_t hash = 0x811C9DC5;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193u;
  return AppId{std::max(hash & kIdBits, 1u)};
}

AppId id_of(const library::Entry& entry, const config::HostConfig& config) {
  if (entry.source == kCustom)
    for (const config::AppConfig& app : config.apps)
      if (library::make_id(kCustom, app.name) == entry.id) return id_of(app.name);
  return id_of(entry.id);
}

Catalogue::Catalogue() : apps_(1) {
  apps_.front().id = id_of(config::kDesktopName);
  apps_.front().name = config::kDesktopName;
}

Result<Catalogue> Catalogue::make(const config::HostConfig& config,
                                  std::span<const library::Entry> entries) {
  Catalogue catalogue;
  catalogue.apps_.front().command = config.desktop.command;
  for (const config::AppConfig& each : config.apps) {
    App app = make_app(each);
    if (const App* other = catalogue.find(app.id)) {
      return fail(ErrorKind::malformed,
                  "the applications '{}' and '{}' would have the same number: rename one of them",
                  other->name, app.name);
    }
    catalogue.apps_.push_back(std::move(app));
  }
  std::set<AppId> taken;
  for (const App& app : catalogue.apps_) taken.insert(app.id);
  for (const library::Entry& entry : entries) {
    if (!entry.installed || entry.source == kCustom) continue;
    if (App app = make_app(entry); taken.insert(app.id).second)
      catalogue.apps_.push_back(std::move(app));
  }
  return catalogue;
}

const App* Catalogue::find(AppId id) const noexcept {
  const auto found =
      std::find_if(apps_.begin(), apps_.end(), [&](const App& app) { return app.id == id; });
  return found == apps_.end() ? nullptr : &*found;
}

const App* Catalogue::find(std::string_view launch_id) const noexcept {
  const auto named = std::find_if(apps_.begin(), apps_.end(),
                                  [&](const App& app) { return app.name == launch_id; });
  if (named != apps_.end()) return &*named;
  const auto listed = std::find_if(apps_.begin(), apps_.end(), [&](const App& app) {
    return !app.entry.empty() && app.entry == launch_id;
  });
  if (listed != apps_.end()) return &*listed;
  std::uint32_t number = 0;
  const char* const end = launch_id.data() + launch_id.size();
  const auto [rest, error] = std::from_chars(launch_id.data(), end, number);
  return error == std::errc() && rest == end ? find(AppId{number}) : nullptr;
}

}  // namespace pf::apps
