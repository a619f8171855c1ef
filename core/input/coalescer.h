// Input that waits, made smaller by its meaning: movements of the mouse add up, so do turns of the
// wheel in one direction, and of positions the newest counts; presses, releases and text are never
// merged, dropped or overtaken.
//
// Merging reaches back to the newest event that is of another kind and no further, so the order of
// what waits stays as it was. A finger's movement reaches back over those of other fingers. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "core/message/input_event.h"

namespace pf::input {

class Coalescer {
 public:
  // Somebody who plays makes some 50 edges a second; a second of a dead device fits several times.
  static constexpr std::size_t kMaxWaiting = 512;

  // `event` is sound. False: full, and it was not taken. What the caller does then is for him to
  // say; that something held may stay so is what he must think of.
  [[nodiscard]] bool push(const message::InputEvent& event) noexcept;

  const message::InputEvent* front() const noexcept;  // nullptr: nothing waits
  void pop() noexcept;
  void clear() noexcept { count_ = edges_ = 0; }

  std::size_t size() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }
  // Nothing waits but what may wait a moment longer for more of its kind: movements and positions.
  bool only_motion() const noexcept { return edges_ == 0; }

 private:
  message::InputEvent& at(std::size_t index) noexcept {
    return events_[(first_ + index) % kMaxWaiting];
  }
  bool merge(const message::InputEvent& event) noexcept;

  std::array<message::InputEvent, kMaxWaiting> events_;
  std::size_t first_ = 0, count_ = 0;
  std::size_t edges_ = 0;  // that wait, everything but motion
};

}  // namespace pf::input
