// Plays an input script to the host, on a thread of its own, so that no picture delays a key.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "client/input_script/input_script.h"
#include "core/base/time.h"
#include "core/endpoint/client_endpoint.h"
#include "core/runtime/doorbell.h"

namespace pf::probe {

// One step that was played.
struct PlayedInput {
  std::uint32_t line = 0;  // of the script
  std::string kind;        // as the script calls it
  LocalTime at;            // when it was handed to the endpoint; this end's clock
};

class InputPlayer {
 public:
  // All of them outlive it.
  InputPlayer(const input_script::InputScript& script, endpoint::ClientEndpoint& client,
              const Clock& clock)
      : script_(script), client_(client), clock_(clock) {}
  ~InputPlayer();  // does not wait for the rest of the script
  InputPlayer(const InputPlayer&) = delete;
  InputPlayer& operator=(const InputPlayer&) = delete;

  // The script begins now. Once.
  void start();
  bool done() const noexcept { return done_.load(); }
  // What has been played, oldest first. Ends the playing.
  std::vector<PlayedInput> finish();

 private:
  void play();
  bool wait_until(LocalTime at);  // false: we are to stop

  const input_script::InputScript& script_;
  endpoint::ClientEndpoint& client_;
  const Clock& clock_;
  Doorbell bell_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> done_{false};
  std::vector<PlayedInput> played_;  // the thread's until it has ended
  std::thread thread_;
};

// Reads the file and parses it. `refused`: it cannot be read; `malformed`, `exhausted`: with the
// file's name and the line.
Result<input_script::InputScript> read_input_script(const std::string& path, SizePx screen);

}  // namespace pf::probe
