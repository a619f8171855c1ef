// A native thread whose work is opened, done, and opened again in place when it dies.
//
// The body opens what it needs, works, and returns why it ended; one such run is a *shift*. After a
// failure the thread waits with backoff and gives the body its next shift, while the rest of the
// session keeps running. `refused` is not tried again: trying again does not change a policy.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/backoff.h"
#include "core/runtime/doorbell.h"
#include "core/runtime/health_board.h"

namespace pf {

enum class ThreadRole : std::uint8_t {
  frame,  // on the way of a picture or an input event: urgent where the system lets us
  // Turns a few milliseconds of sound at a time, for a device that waits for nobody: before all
  // that is not real-time, where the system lets us. Needs little of a core.
  sound,
  control,
  background,
};

struct ThreadSpec {
  std::string name;  // for the health board: "session 3 video"
  ThreadRole role = ThreadRole::background;
  // Longest time between two beats of a body that is well; 0: it does not beat.
  Nanos patience{0};
};

// Names the calling thread for profilers and gives it its role's priority where that is permitted.
void enter_role(const ThreadSpec& spec) noexcept;

class Shift {  // one run of a worker, from open to close
 public:
  bool over() const noexcept {
    return over_.load(std::memory_order_relaxed);
  }  // stop was asked for
  Doorbell& bell() noexcept { return bell_; }
  // The worker is open and turning: puts it on the board as healthy.
  void opened() noexcept;
  // "Still turning": should the next beat not come in time, the board names `stage`, which lives as
  // long as the program ("the encoder").
  void beat(const char* stage) noexcept { pulse_.beat(stage, clock_.now()); }
  // Before a failure is returned: what the next shift does differently, for the board ("with a new
  // display"), and that it begins no sooner than after `pause`, should the backoff be shorter.
  void next_time(std::string remedy, Nanos pause = Nanos(0)) {
    remedy_ = std::move(remedy);
    pause_ = pause;
  }

 private:
  friend class SupervisedThread;
  Shift(const std::atomic<bool>& over, Doorbell& bell, Pulse& pulse, const Clock& clock,
        std::function<void()> on_opened)
      : over_(over), bell_(bell), pulse_(pulse), clock_(clock), on_opened_(std::move(on_opened)) {}
  const std::atomic<bool>& over_;
  Doorbell& bell_;
  Pulse& pulse_;
  const Clock& clock_;
  std::function<void()> on_opened_;
  std::optional<LocalTime> opened_at_;  // first
  std::string remedy_;
  Nanos pause_{0};
};

class SupervisedThread {
 public:
  using Body = std::function<Result<void>(Shift&)>;
  // What the owner wants to know of a failed shift; on the worker's thread.
  using OnFailure = std::function<void(const Error& error, bool gives_up)>;

  // `bell`, `board` and `clock` outlive the thread. A body that returns without an error has ended
  // for good.
  SupervisedThread(ThreadSpec spec, BackoffPolicy backoff, Doorbell& bell, HealthBoard& board,
                   const Clock& clock, Body body, OnFailure on_failure = {});
  ~SupervisedThread();  // asks to stop, rings, joins; its row leaves the board
  SupervisedThread(const SupervisedThread&) = delete;
  SupervisedThread& operator=(const SupervisedThread&) = delete;

  void ask_to_stop() noexcept;  // returns at once

 private:
  void work();
  Result<void> run_shift(Shift& shift);
  // What follows a shift that failed. False: nothing more.
  bool heal(const Shift& shift, const Error& error);
  void pause(Nanos length);

  const ThreadSpec spec_;
  Doorbell& bell_;
  HealthBoard& board_;
  const Clock& clock_;
  Pulse& pulse_;
  Backoff backoff_;
  Body body_;
  OnFailure on_failure_;
  std::string last_reason_;  // that was logged
  std::atomic<bool> over_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pf
