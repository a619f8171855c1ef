#include "core/runtime/supervised_thread.h"

#include <algorithm>
#include <exception>

#include "core/runtime/log.h"

namespace pf {

void Shift::opened() noexcept {
  if (!opened_at_) opened_at_ = clock_.now();
  on_opened_();
}

SupervisedThread::SupervisedThread(ThreadSpec spec, BackoffPolicy backoff, Doorbell& bell,
                                   HealthBoard& board, const Clock& clock, Body body,
                                   OnFailure on_failure)
    : spec_(std::move(spec)),
      bell_(bell),
      board_(board),
      clock_(clock),
      pulse_(board.enter(spec_.name, spec_.patience)),
      backoff_(backoff),
      body_(std::move(body)),
      on_failure_(std::move(on_failure)),
      thread_([this] { work(); }) {}

SupervisedThread::~SupervisedThread() {
  ask_to_stop();
  thread_.join();
  board_.gone(spec_.name);  // one that was given up is still there
}

void SupervisedThread::ask_to_stop() noexcept {
  over_.store(true);
  bell_.ring();
}

void SupervisedThread::work() {
  enter_role(spec_);
  while (!over_) {
    Shift shift(over_, bell_, pulse_, clock_, [this] { board_.working(spec_.name, clock_.now()); });
    pulse_.beat("opening", clock_.now());
    const Result<void> ended = run_shift(shift);
    pulse_.rest();
    if (over_ || ended) break;
    if (!heal(shift, ended.error())) return;  // stays on the board
  }
  board_.gone(spec_.name);
}

Result<void> SupervisedThread::run_shift(Shift& shift) {
  try {
    return body_(shift);
  } catch (const std::exception& thrown) {  // the last edge: we do not throw, a library did
    return fail(ErrorKind::internal, "{}: {}", spec_.name, thrown.what());
  }
}

bool SupervisedThread::heal(const Shift& shift, const Error& error) {
  const LocalTime now = clock_.now();
  if (error.kind == ErrorKind::refused) {
    log::error(spec_.name, "{}", error.what);
    board_.given_up(spec_.name, error, now);
    if (on_failure_) on_failure_(error, true);
    return false;
  }
  // Opening is not health, however long it took.
  const Nanos length =
      std::max(backoff_.after_failure(shift.opened_at_.value_or(now), now), shift.pause_);
  // What never comes up fails again and again for one reason: said once, and shown by the board.
  if (shift.opened_at_ || error.what != last_reason_) {
    log::warning(spec_.name, "{} ({}); opening again in {} ms{}{}", error.what,
                 to_string(error.kind), std::chrono::duration_cast<milliseconds>(length).count(),
                 shift.remedy_.empty() ? "" : ", ", shift.remedy_);
    last_reason_ = error.what;
  }
  board_.healing(spec_.name, error, now, now + length, shift.remedy_);
  if (on_failure_) on_failure_(error, false);
  pause(length);
  return true;
}

void SupervisedThread::pause(Nanos length) {
  const LocalTime until = clock_.now() + length;
  for (LocalTime now = clock_.now(); now < until && !over_; now = clock_.now()) {
    bell_.wait(std::min<Nanos>(until - now, milliseconds(100)));
  }
}

}  // namespace pf
