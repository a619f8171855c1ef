#include "host/input/recording/recording_sink.h"

#include <utility>

namespace pf::input::recording {

std::vector<message::InputEvent> Recording::events() const {
  std::lock_guard lock(mutex_);
  return events_;
}

std::size_t Recording::held_count() const {
  std::lock_guard lock(mutex_);
  return held_.held_count();
}

std::size_t Recording::wrong_edges() const {
  std::lock_guard lock(mutex_);
  return wrong_edges_;
}

unsigned Recording::opened() const {
  std::lock_guard lock(mutex_);
  return opened_;
}

void Recording::forget() {
  std::lock_guard lock(mutex_);
  events_.clear();
}

void Recording::answer_with(Injected answer) {
  std::lock_guard lock(mutex_);
  answer_ = answer;
}

RecordingSink::RecordingSink(std::shared_ptr<Recording> recording)
    : recording_(std::move(recording)) {
  std::lock_guard lock(recording_->mutex_);
  ++recording_->opened_;
}

Injected RecordingSink::inject(const message::InputEvent& event) noexcept {
  std::lock_guard lock(recording_->mutex_);
  if (recording_->answer_ != Injected::done) return recording_->answer_;
  if (!recording_->held_.admit(event)) ++recording_->wrong_edges_;
  if (recording_->events_.size() < Recording::kMaxEvents) recording_->events_.push_back(event);
  return Injected::done;
}

Injected RecordingSink::flush() noexcept {
  std::lock_guard lock(recording_->mutex_);
  return recording_->answer_ == Injected::sink_lost ? Injected::sink_lost : Injected::done;
}

InputBackend backend() {
  return {.name = "recording",
          .understands =
              [](const display::InputTarget& target) noexcept {
                return std::holds_alternative<display::NoInput>(target);
              },
          .open = [](display::InputTarget) -> Result<std::unique_ptr<InputSink>> {
            return std::make_unique<RecordingSink>(std::make_shared<Recording>());
          }};
}

}  // namespace pf::input::recording
