// A sound server of a test's own: pipewire and wireplumber (and pipewire-pulse on request) in a
// folder of their own, with settings that need no D-Bus and touch no hardware.
//
// It has no devices: a test makes those it wants (with Stream, or add_null_sink). Everything is
// started as a direct child and ends with this object, or with the test program at the latest.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace pf::testing {

enum class SoundProgram { pipewire, wireplumber, pulse };

struct SoundServerOptions {
  bool pulse = false;
  // The graph's cycle for everybody, in frames at 48 kHz; 0: PipeWire's default (1024, less when a
  // stream asks for it).
  unsigned quantum_frames = 0;
};

class SoundServer {
 public:
  // Ready when this returns; ends the test program when it cannot be had.
  explicit SoundServer(const SoundServerOptions& options = {});
  ~SoundServer();
  SoundServer(const SoundServer&) = delete;
  SoundServer& operator=(const SoundServer&) = delete;

  const std::string& folder() const { return folder_; }  // its XDG_RUNTIME_DIR, short, 0700
  std::string socket_path() const { return folder_ + "/pipewire-0"; }
  std::string pulse_server() const { return "unix:" + folder_ + "/pulse/native"; }
  // To be set for a program that shall sound here: "NAME=value".
  std::vector<std::string> environment() const;
  pid_t pid(SoundProgram which) const;

  // The program dies without warning. Nothing starts it again but start().
  void kill(SoundProgram which);
  // It hangs (SIGSTOP), and goes on.
  void freeze(SoundProgram which);
  void thaw(SoundProgram which);
  // Starts what is not running and waits until all of it is ready.
  void start();

  // Runs a command against this server ("pw-cli", "info", "0"): what it printed. Waits for its end.
  std::string run(const std::vector<std::string>& command) const;
  // The same, not waited for; end it with finish().
  pid_t spawn(const std::vector<std::string>& command, const std::string& output_path = "/dev/null",
              const std::string& input_path = "/dev/null") const;
  // Asks with SIGINT, then waits.
  static void finish(pid_t pid);

  // A sink that plays into the void; gone with the server. `position`: "FL FR".
  void add_null_sink(const std::string& node_name, const std::string& position = "FL FR") const;

 private:
  void start_program(SoundProgram which);
  bool ready(SoundProgram which) const;

  SoundServerOptions options_;
  std::string folder_;
  std::map<SoundProgram, pid_t> pids_;
};

}  // namespace pf::testing
