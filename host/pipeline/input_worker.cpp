#include "host/pipeline/input_worker.h"

#include <utility>

#include "core/base/check.h"
#include "core/input/sound_event.h"
#include "core/runtime/log.h"
#include "core/runtime/system_clock.h"
#include "host/input/gamepads.h"

namespace pf::pipeline {
namespace {

using input::Injected;
using message::InputEvent;

// A bell ends every wait early; this only bounds how long a dead desktop goes unnoticed.
constexpr Nanos kInputPatience = milliseconds(100);
// For a desktop that does not read to do so.
constexpr Nanos kRetry = milliseconds(4);
// How often, when the session is to end: 100 ms, no more than any other wait.
constexpr int kLastTries = 25;

void count(std::atomic<std::uint64_t>& counter, std::uint64_t more = 1) noexcept {
  counter.fetch_add(more, std::memory_order_relaxed);
}

// After a legacy event of one button or axis too there may be another one that is held.
bool moves_pad(const InputEvent& event) {
  if (event.kind == message::InputKind::gamepad_remove ||
      event.kind == message::InputKind::gamepad_arrival)
    return false;
  InputEvent state = event;
  state.flags &= ~0xFF00'0000u;  // its sequence number
  return state != input::neutral_pad(input::pad_of(event));
}

}  // namespace

void InputWorker::inject(const InputEvent& event) noexcept {
  if (!carry_out_here(event)) put(event);
}

// False: it is for the input thread, which is opening the devices, holds them, or has something to
// carry out before.
bool InputWorker::carry_out_here(const InputEvent& event) {
  const LocalTime now = SystemClock().now();
  const bool burst = now - std::exchange(carried_out_at_, now) < kBurst;
  // A text may need a keymap made for it.
  if (burst || event.kind == message::InputKind::text_input) return false;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock() || !turning_ || orders_.size() > 0 || overrun_ || !releases_.empty() ||
      !waiting_.empty())
    return false;
  take(event);
  // Its turn to retry, or to mend.
  if (carry_out() != Injected::done) bell_.ring();
  return true;
}

void InputWorker::release(std::optional<input::Device> device) noexcept { put(Release{device}); }

void InputWorker::put(Order order) noexcept {
  count(stats_.handed_over);
  if (!orders_.try_push(std::move(order))) {
    count(stats_.refused);
    overrun_ = true;
  }
  bell_.ring();
}

void InputWorker::on_desktop() noexcept {
  desktop_ = true;
  bell_.ring();
}

Result<void> InputWorker::run(Shift& shift) {
  if (!await_desktop(shift)) return {};
  PF_TRY_VOID(open());
  shift.opened();
  const auto set_turning = [this](bool turning) {
    const std::lock_guard lock(mutex_);
    turning_ = turning;
  };
  set_turning(true);
  Result<void> ended = work(shift);
  set_turning(false);
  if (ended) let_go_at_last();
  return ended;
}

Result<void> InputWorker::work(Shift& shift) {
  while (!shift.over()) {
    shift.beat("the desktop's input devices");
    Injected outcome;
    {
      const std::lock_guard lock(mutex_);
      take_orders();
      outcome = carry_out();
    }
    if (outcome == Injected::sink_lost)
      return fail(ErrorKind::lost, "the input devices of the desktop are gone");
    stats_.cpu_ns.store(thread_cpu_time().count(), std::memory_order_relaxed);
    PF_TRY_VOID(sleep(shift, outcome == Injected::busy));
  }
  return {};
}

bool InputWorker::await_desktop(Shift& shift) {
  while (!desktop_ && !shift.over()) {
    shift.beat("a desktop to come");
    shift.bell().wait(kInputPatience);
  }
  return !shift.over();
}

Result<void> InputWorker::open() {
  sink_.reset();
  // What was down in the devices before is let go of in the new ones. For keys the desktop has done
  // so itself when the old ones went, but a button would stay down.
  let_go(std::nullopt, Waiting::stays);
  auto opened = open_();
  if (!opened && opened.error().kind == ErrorKind::unavailable) {
    log::info("input", "this session takes no input: {}", opened.error().what);
    return {};
  }
  if (!opened) return tl::unexpected(std::move(opened).error());
  sink_ = *std::move(opened);
  count(stats_.opened);
  return {};
}

void InputWorker::take_orders() {
  while (auto order = orders_.try_pop()) {
    std::visit([&](const auto& what) { take(what); }, *order);
  }
  // Releases may be among those that found no room.
  if (overrun_.exchange(false)) let_go(std::nullopt, Waiting::goes);
}

void InputWorker::take(const InputEvent& event) {
  const std::size_t before = waiting_.size();
  if (waiting_.push(event)) {
    if (waiting_.size() == before) count(stats_.merged);
    return;
  }
  count(stats_.dropped);
  let_go(std::nullopt, Waiting::goes);
}

void InputWorker::take(const Release& release) { let_go(release.device, Waiting::goes); }

// Of one device, or of all. What waits for it would come too late, and goes; unless it only waits
// for new devices.
void InputWorker::let_go(std::optional<input::Device> device, Waiting waiting) {
  const auto releases = device ? held_.release(*device) : held_.release_all();
  releases_.insert(releases_.end(), releases.begin(), releases.end());
  count(stats_.released, releases.size());
  if (waiting == Waiting::stays) return;
  if (!device || device == input::Device::gamepad) let_go_of_pads();
  input::Coalescer kept;
  for (; waiting_.front() != nullptr; waiting_.pop()) {
    const InputEvent& event = *waiting_.front();
    const bool goes = !device || input::device_of(event.kind) == *device;
    if (goes) count(stats_.dropped);
    if (!goes) PF_CHECK(kept.push(event));
  }
  waiting_ = kept;
}

// Gamepads are no devices of a desktop: they are let go of when their client is gone, and not when
// a desktop's devices die.
void InputWorker::let_go_of_pads() {
  for (unsigned pad = 0; pad < pads_.size(); ++pad) {
    if (!pads_[pad]) continue;
    releases_.push_back(input::neutral_pad(pad));
    count(stats_.released);
  }
  pads_.reset();
}

Injected InputWorker::carry_out() {
  while (!releases_.empty()) {
    const Injected outcome = inject_one(releases_.front());
    if (outcome == Injected::busy || outcome == Injected::sink_lost) return outcome;
    releases_.erase(releases_.begin());
  }
  for (; waiting_.front() != nullptr; waiting_.pop()) {
    const InputEvent& event = *waiting_.front();
    if (!held_.is_news(event)) {
      count(stats_.repeated);
      continue;
    }
    const Injected outcome = inject_one(event);
    if (outcome == Injected::busy || outcome == Injected::sink_lost) return outcome;
    held_.follow(event);
    if (input::device_of(event.kind) == input::Device::gamepad)
      pads_[input::pad_of(event)] = outcome == Injected::done && moves_pad(event);
  }
  return sink_ ? sink_->flush() : Injected::done;
}

Injected InputWorker::inject_one(const InputEvent& event) {
  const Injected outcome = sink_ ? sink_->inject(event) : Injected::unsupported;
  if (outcome == Injected::done) count(stats_.injected);
  if (outcome == Injected::unsupported) count(stats_.unsupported);
  return outcome;
}

Result<void> InputWorker::sleep(Shift& shift, bool in_a_moment_again) {
  const Nanos patience = in_a_moment_again ? kRetry : kInputPatience;
  const int fd = sink_ ? sink_->poll_handle() : -1;
  if (fd < 0) {
    shift.bell().wait(patience);
    return {};
  }
  if (!shift.bell().wait_with(fd, patience)) return {};
  const std::lock_guard lock(mutex_);
  return sink_->turn();
}

// The session ends: what it holds is let go of, as far as the desktop still listens.
void InputWorker::let_go_at_last() {
  let_go(std::nullopt, Waiting::goes);
  for (int i = 0; i < kLastTries && carry_out() == Injected::busy; ++i) bell_.wait(kRetry);
  sink_.reset();
}

void InputWorker::end() {
  if (held_.held_count() + releases_.size() == 0 || !open()) return;
  let_go_at_last();
}

}  // namespace pf::pipeline
