#include "host/app/sound_server.h"

#include <cstdlib>

#include "core/runtime/log.h"

namespace pf::app {
namespace {

bool wants_its_own(const config::HostConfig& config, bool headless) {
  const std::string& run = config.sound_server.run;
  if (run != "auto") return run == "always";
  if (!headless) return false;
  // Another user's programs cannot reach the server of ours.
  return !config.desktop.run_as.empty() || !sound::listens(sound::users_server());
}

}  // namespace

Result<std::unique_ptr<audio::pipewire::PrivateServer>> start_sound_server(
    const config::HostConfig& config, bool headless, HealthBoard& board, const Clock& clock) {
  using audio::pipewire::PrivateServer;
  if (!wants_its_own(config, headless)) return std::unique_ptr<PrivateServer>();
  PF_TRY(auto server, PrivateServer::start(config.desktop.run_as, board, clock));
  for (const auto& [name, value] : server->environment()) setenv(name.c_str(), value.c_str(), 1);
  unsetenv("PIPEWIRE_REMOTE");  // it would name another one
  log::info("host", "sound: a server of our own in {}", server->address().socket_path);
  return server;
}

}  // namespace pf::app
