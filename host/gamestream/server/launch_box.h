// The way from the nvhttp server's thread to the door's control thread and back: questions go in,
// a bell is rung, and each is answered once, from any thread. What runs for whom is published here,
// so that /serverinfo never waits for the door.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/runtime/doorbell.h"
#include "core/runtime/mailbox.h"
#include "host/gamestream/server/launch_book.h"

namespace pf::gamestream {

// The answer to /launch, /resume or /cancel. The sentence of an error is for the client's user; its
// kind chooses the status code (nvhttp).
using LaunchAnswer = std::function<void(Result<void>)>;

struct LaunchAsk {  // launch or resume: see its verb
  Launch launch;
  LaunchAnswer answer;
};
// End the device's app and its streams. To be answered when running() no longer names it.
struct CancelAsk {
  trust::Fingerprint device{};
  LaunchAnswer answer;
};
using DoorAsk = std::variant<LaunchAsk, CancelAsk>;

class LaunchBox {
 public:
  // `bell` is the control thread's, and outlives the box.
  explicit LaunchBox(Doorbell& bell) noexcept : bell_(bell) {}

  // --- nvhttp.
  // False: the door has not looked for long, and `ask` was not taken.
  [[nodiscard]] bool ask(DoorAsk ask) {
    if (!asks_.try_push(std::move(ask))) return false;
    bell_.ring();
    return true;
  }
  std::vector<RunningApp> running() const {
    std::lock_guard lock(mutex_);
    return running_;
  }

  // --- The door's control thread.
  std::optional<DoorAsk> poll() { return asks_.try_pop(); }
  // After every change of the book, and before the answer to what changed it.
  void publish(std::vector<RunningApp> running) {
    std::lock_guard lock(mutex_);
    running_ = std::move(running);
  }

 private:
  // Requests that wait for the door: as many as the HTTP servers have connections, at most.
  static constexpr std::size_t kMaxAsks = 256;

  Doorbell& bell_;
  Mailbox<DoorAsk> asks_{kMaxAsks};
  mutable std::mutex mutex_;
  std::vector<RunningApp> running_;  // under mutex_
};

}  // namespace pf::gamestream
