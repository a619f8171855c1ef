// The host that the doctor looks at: what its command line and the environment say, and what
// earlier rungs have found out, which later ones go on from.
//
// Nothing of it is a running host: the doctor reads the same files, asks the same backends and
// opens the same doors as `serve` would, in its own process, on loopback, on ports that the system
// chooses. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/runtime/health_board.h"
#include "host/audio/pipewire/private_server.h"
#include "host/config/host_config.h"
#include "host/config/paths.h"
#include "host/display/display.h"
#include "host/pipeline/backends.h"
#include "host/plan/session_plan.h"
#include "host/restore/undo_journal.h"

namespace pf::doctor {

class TestLine;
class TestSession;

// What the program knows and this room may not: the command line, the environment and which
// backends there are.
struct Surroundings {
  Result<config::Paths> paths;
  std::string config_file;  // empty: the user's own
  std::vector<std::string> overrides;
  std::vector<std::string> admin_sockets;
  WireTime wall_clock;  // as it was at the start
  std::function<Result<void>(const config::HostConfig&)> probe_display;
  std::function<Result<pipeline::Backends>(const config::HostConfig&, restore::UndoJournal*)>
      choose_backends;
  std::function<plan::HostOffer(const config::HostConfig&)> offer;
  // Empty: the user's own server is used.
  std::function<Result<std::unique_ptr<audio::pipewire::PrivateServer>>(const config::HostConfig&,
                                                                        HealthBoard&, const Clock&)>
      start_sound_server;
  std::function<Result<void>(const std::string& state_dir)> check_host_id;
};

class Patient {
 public:
  // The references outlive it.
  Patient(Surroundings surroundings, const Clock& clock, Rng& rng);
  ~Patient();
  Patient(const Patient&) = delete;
  Patient& operator=(const Patient&) = delete;

  const Surroundings& surroundings() const noexcept { return surroundings_; }
  const Clock& clock() const noexcept { return clock_; }
  Rng& rng() const noexcept { return rng_; }
  HealthBoard& board() noexcept { return board_; }

  // The error is that of the rungs "configuration" and "state_folder".
  const Result<config::HostConfig>& config();
  std::string config_file() const;
  Result<std::string> state_folder() const;

  // What a running host said of itself, if one runs: the answer to "status".
  const Result<std::optional<nlohmann::ordered_json>>& running_host();

  // The line itself, made by the first rung that needs it.
  TestLine& line();
  TestSession& session();
  void end_line();  // its display and encoder; the session has its own
  void end_session();

  // Of our own, while the rungs that hear something run; empty: the user's.
  std::unique_ptr<audio::pipewire::PrivateServer> sound_server;
  bool sound_works = false;  // somebody would hear something: "sound_server" was ok

 private:
  const Surroundings surroundings_;
  const Clock& clock_;
  Rng& rng_;
  HealthBoard board_;
  std::optional<Result<config::HostConfig>> config_;
  std::optional<Result<std::optional<nlohmann::ordered_json>>> running_host_;
  std::unique_ptr<TestLine> line_;
  std::unique_ptr<TestSession> session_;
};

}  // namespace pf::doctor
