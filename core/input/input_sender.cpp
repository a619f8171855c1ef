#include "core/input/input_sender.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/input/sound_event.h"

namespace pf::input {

void InputSender::handle(Input input, LocalTime now) {
  std::visit([&](const auto& what) { on(what, now); }, input);
  handle_timeout(now);
}

void InputSender::on(const message::InputEvent& event, LocalTime now) {
  const auto sound = sound_event(event);
  if (!sound || !held_.admit(*sound)) return;
  if (waiting_.push(*sound)) return;
  // Full of movements that do not merge, in less than a millisecond.
  flush(now);
  PF_CHECK(waiting_.push(*sound));
}

void InputSender::on(LetGo, LocalTime now) {
  flush(now);
  for (const message::InputEvent& release : held_.release_all()) {
    PF_CHECK(waiting_.push(release));  // as many as can be held fit
  }
}

void InputSender::on(DatagramArrived arrived, LocalTime now) {
  repeater_.on_acknowledged(arrived.number, now);
}

void InputSender::on(DatagramLost lost, LocalTime now) { repeater_.on_lost(lost.number, now); }

void InputSender::handle_timeout(LocalTime now) {
  if (!waiting_.empty() && (!waiting_.only_motion() || next_motion_at_ <= now)) flush(now);
  while (const auto copy = repeater_.poll(now)) {
    outputs_.push_back({.event = copy->edge, .number = copy->number});
  }
}

void InputSender::flush(LocalTime now) {
  while (!waiting_.empty()) send_next(now);
  next_motion_at_ = now + kMotionInterval;
}

void InputSender::send_next(LocalTime now) {
  const message::InputEvent event = *waiting_.front();
  waiting_.pop();
  const bool edge = EdgeRepeater::is_edge(event.kind);
  outputs_.push_back({.event = event, .number = edge ? repeater_.begin(event, now) : 0});
}

std::optional<LocalTime> InputSender::next_timeout() const {
  std::optional<LocalTime> due = repeater_.next_timeout();
  if (!waiting_.empty() && (!due || next_motion_at_ < *due)) due = next_motion_at_;
  return due;
}

std::optional<InputSender::Output> InputSender::poll() {
  if (outputs_.empty()) return std::nullopt;
  const Output output = outputs_.front();
  outputs_.pop_front();
  return output;
}

}  // namespace pf::input
