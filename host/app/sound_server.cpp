#include "host/app/sound_server.h"

#include <cstdlib>

#include "core/runtime/log.h"

namespace pf::app {
namespace {

bool wants_its_own(const config::HostConfig& config, const Options& options) {
  const std::string& run = config.sound_server.run;
  if (run != "auto") return run == "always";
  if (options.verb != Verb::serve || !options.headless) return false;
  // Another user's programs cannot reach the server of ours.
  return !config.desktop.run_as.empty() || !sound::listens(sound::users_server());
}

}  // namespace

std::unique_ptr<audio::pipewire::PrivateServer> start_sound_server(const config::HostConfig& config,
                                                                   const Options& options,
                                                                   HealthBoard& board,
                                                                   const Clock& clock) {
  if (!wants_its_own(config, options)) return nullptr;
  auto server = audio::pipewire::PrivateServer::start(config.desktop.run_as, board, clock);
  if (!server) {
    log::warning("host", "no sound: {}", server.error().what);
    return nullptr;
  }
  for (const auto& [name, value] : (*server)->environment()) setenv(name.c_str(), value.c_str(), 1);
  unsetenv("PIPEWIRE_REMOTE");  // it would name another one
  log::info("host", "sound: a server of our own in {}", (*server)->address().socket_path);
  return *std::move(server);
}

}  // namespace pf::app
