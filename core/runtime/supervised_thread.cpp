#include "core/runtime/supervised_thread.h"

#include <algorithm>
#include <exception>

#include "core/runtime/log.h"

namespace pf {

void Shift::opened() noexcept { on_opened_(); }

SupervisedThread::SupervisedThread(ThreadSpec spec, BackoffPolicy backoff, Doorbell& bell,
                                   HealthBoard& board, const Clock& clock, Body body,
                                   OnFailure on_failure)
    : spec_(std::move(spec)),
      bell_(bell),
      board_(board),
      clock_(clock),
      backoff_(backoff),
      body_(std::move(body)),
      on_failure_(std::move(on_failure)),
      thread_([this] { work(); }) {}

SupervisedThread::~SupervisedThread() {
  ask_to_stop();
  thread_.join();
}

void SupervisedThread::ask_to_stop() noexcept {
  over_.store(true);
  bell_.ring();
}

void SupervisedThread::work() {
  enter_role(spec_);
  while (!over_) {
    const LocalTime began = clock_.now();
    Shift shift(over_, bell_, [this] { board_.working(spec_.name, clock_.now()); });
    Result<void> ended;
    try {
      ended = body_(shift);
    } catch (const std::exception& thrown) {  // the last edge: we do not throw, a library did
      ended = fail(ErrorKind::internal, "{}: {}", spec_.name, thrown.what());
    }
    if (over_ || ended) break;

    const Error& error = ended.error();
    const bool gives_up = error.kind == ErrorKind::refused;
    const Nanos length = backoff_.after_failure(began, clock_.now());
    if (gives_up) {
      log::error(spec_.name, "{}", error.what);
      board_.given_up(spec_.name, error, clock_.now());
    } else {
      log::warning(spec_.name, "{} ({}); opening again in {} ms", error.what, to_string(error.kind),
                   std::chrono::duration_cast<milliseconds>(length).count());
      board_.healing(spec_.name, error, clock_.now());
    }
    if (on_failure_) on_failure_(error, gives_up);
    if (gives_up) return;  // stays on the board
    pause(length);
  }
  board_.gone(spec_.name);
}

void SupervisedThread::pause(Nanos length) {
  const LocalTime until = clock_.now() + length;
  for (LocalTime now = clock_.now(); now < until && !over_; now = clock_.now()) {
    bell_.wait(std::min<Nanos>(until - now, milliseconds(100)));
  }
}

}  // namespace pf
