#include "core/video/frame_gate.h"

#include <algorithm>
#include <utility>

namespace pf::video {
namespace {

// Whether the frame can be shown whatever was lost before it. One whose shards decode by themselves
// refers to nothing (docs/protocol/punktfunk1.md section 11.7).
bool stands_alone(const ReassembledFrame& frame) noexcept {
  using namespace message::frame_flags;
  return (frame.flags & (kKeyFrame | kRecoveryAnchor | kChunkAligned)) != 0;
}

}  // namespace

void FrameGate::complete(ReassembledFrame frame, LocalTime now) {
  if (frame.id < next_) {
    outputs_.push_back(Discard{std::move(frame)});
    return;
  }
  if (frame.id == next_ || stands_alone(frame)) {
    show(std::move(frame));
    return;
  }
  if (held_.empty()) held_since_ = now;
  const auto place = std::find_if(held_.begin(), held_.end(),
                                  [&](const auto& other) { return other.id > frame.id; });
  held_.insert(place, std::move(frame));
  if (held_.size() > kMaxHeld) give_up_gap();
}

void FrameGate::handle_timeout(LocalTime now) {
  if (!held_.empty() && now >= held_since_ + kReorderPatience) give_up_gap();
}

std::optional<LocalTime> FrameGate::next_timeout() const noexcept {
  if (held_.empty()) return std::nullopt;
  return held_since_ + kReorderPatience;
}

std::optional<FrameGate::Output> FrameGate::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

// `frame` has its turn, or takes it.
void FrameGate::show(ReassembledFrame frame) {
  next_ = next(frame.id);
  while (!held_.empty() && held_.front().id < next_) {
    outputs_.push_back(Discard{std::move(held_.front())});
    held_.pop_front();
  }
  if (stands_alone(frame)) frozen_ = false;
  if (frozen_) {
    // Every frame that cannot be shown asks again; the session decides how often the host is asked.
    outputs_.push_back(Gap{{.first = frame.id, .last = frame.id}});
    outputs_.push_back(Discard{std::move(frame)});
  } else {
    outputs_.push_back(Show{std::move(frame)});
  }
  show_held_successors();
}

void FrameGate::show_held_successors() {
  if (held_.empty() || held_.front().id != next_) return;
  ReassembledFrame successor = std::move(held_.front());
  held_.pop_front();
  show(std::move(successor));
}

void FrameGate::give_up_gap() {
  const FrameId first_held = held_.front().id;
  outputs_.push_back(Gap{{.first = next_, .last = FrameId{value(first_held) - 1}}});
  frozen_ = true;
  next_ = first_held;
  show_held_successors();
}

}  // namespace pf::video
