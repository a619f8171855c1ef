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

void InputSender::on(const message::InputEvent& event, LocalTime) {
  const auto sound = sound_event(event);
  if (!sound || !held_.admit(*sound)) return;
  if (!waiting_.push(*sound)) start_over();
}

void InputSender::on(LetGo, LocalTime) {
  const auto releases = held_.release_all();
  for (std::size_t i = 0; i < releases.size(); ++i) {
    if (waiting_.push(releases[i])) continue;
    // Of all that were down, also those whose release was among what waited.
    waiting_.clear();
    for (const message::InputEvent& release : releases) PF_CHECK(waiting_.push(release));
    return;
  }
}

// The path has been full for so long that what was done meanwhile cannot be kept. What it left down
// must not stay so.
void InputSender::start_over() {
  waiting_.clear();
  on(LetGo{}, now_);
}

void InputSender::on(DatagramArrived arrived, LocalTime now) {
  repeater_.on_acknowledged(arrived.number, now);
}

void InputSender::on(DatagramLost lost, LocalTime now) { repeater_.on_lost(lost.number, now); }

void InputSender::handle_timeout(LocalTime now) {
  now_ = now;
  if (waiting_.empty() || (waiting_.only_motion() && next_motion_at_ > now)) return;
  leaving_ = waiting_.size();
  next_motion_at_ = now + kMotionInterval;
}

std::optional<LocalTime> InputSender::next_timeout() const {
  std::optional<LocalTime> due = repeater_.next_timeout();
  if (!waiting_.empty() && (!due || next_motion_at_ < *due)) due = next_motion_at_;
  return due;
}

std::optional<InputSender::Output> InputSender::poll() {
  if (const auto copy = repeater_.poll(now_)) return Output{copy->edge, copy->number};
  leaving_ = std::min(leaving_, waiting_.size());
  if (leaving_ == 0) return std::nullopt;
  --leaving_;
  const message::InputEvent event = *waiting_.front();
  waiting_.pop();
  const bool edge = EdgeRepeater::is_edge(event.kind);
  return Output{event, edge ? repeater_.begin(event, now_) : 0};
}

}  // namespace pf::input
