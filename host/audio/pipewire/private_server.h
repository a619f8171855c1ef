// A sound server of the host's own, for a machine on which none runs: pipewire, its session manager
// wireplumber, and pipewire-pulse for programs that speak PulseAudio.
//
// It has no hardware: the sound of the desktop goes to the client, its microphone comes from there.
// Each program is supervised by a thread of its own and started again when it dies; the other two
// follow pipewire. All of them end with the host, also when it is killed. Everything they have lies
// in one folder, 0700, which is removed at the end, or by the next host if this one cannot.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/runtime/supervised_thread.h"
#include "core/runtime/unique_fd.h"
#include "host/audio/pipewire/child_program.h"
#include "sound/pipewire/connection.h"

namespace pf::audio::pipewire {

class PrivateServer {
 public:
  // Starts the programs and returns; they get ready, and are healed, on threads of their own.
  // `run_as`: the user whose desktop it serves; empty: ours. `refused` when there is no such user.
  static Result<std::unique_ptr<PrivateServer>> start(const std::string& run_as, HealthBoard& board,
                                                      const Clock& clock);
  ~PrivateServer();
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;

  // Where it listens. Its socket may not be there yet, or for a moment not any more.
  sound::ServerAddress address() const { return {folder_ + "/pipewire-0"}; }
  // What a program needs in its environment to sound here: name and value.
  std::vector<std::pair<std::string, std::string>> environment() const;

 private:
  enum class Part : std::uint8_t { server, session_manager, pulse };

  PrivateServer(std::string folder, UniqueFd lock, std::optional<ProgramUser> user);
  Result<void> write_settings() const;
  void supervise(HealthBoard& board, const Clock& clock);
  ChildSpec spec_of(Part part) const;
  Result<void> run_server(Shift& shift);
  Result<void> run_follower(Part part, Shift& shift);

  const std::string folder_;
  const UniqueFd lock_;  // while it is held, nobody removes the folder
  const std::optional<ProgramUser> user_;
  const std::string path_;  // $PATH, as it was at the start
  // Counts the server's lives: who connected to an earlier one has to be started anew.
  std::atomic<unsigned> server_life_{0};
  std::array<Doorbell, 3> bells_;
  // Followers last: they end first.
  std::array<std::unique_ptr<SupervisedThread>, 3> threads_;
};

}  // namespace pf::audio::pipewire
