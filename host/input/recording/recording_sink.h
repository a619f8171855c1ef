// A sink that notes what it is given, for tests and for sessions of the synthetic display: what
// goes in, what is held, and faults on demand.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/input/held_tracker.h"
#include "host/input/input_sink.h"

namespace pf::input::recording {

// Outlives sinks, which come and go. Any thread.
class Recording {
 public:
  // Bounds what a long session leaves behind; of more, only the count is kept.
  static constexpr std::size_t kMaxEvents = 1 << 18;

  std::vector<message::InputEvent> events() const;  // in the order they were injected
  std::size_t held_count() const;
  std::size_t wrong_edges() const;  // presses of what was down, releases of what was up
  unsigned opened() const;          // sinks so far
  void forget();

  // Faults, from now on until called otherwise.
  void answer_with(Injected answer);

 private:
  friend class RecordingSink;
  mutable std::mutex mutex_;
  std::vector<message::InputEvent> events_;
  HeldTracker held_;
  std::size_t wrong_edges_ = 0;
  unsigned opened_ = 0;
  Injected answer_ = Injected::done;
};

class RecordingSink final : public InputSink {
 public:
  explicit RecordingSink(std::shared_ptr<Recording> recording);
  Injected inject(const message::InputEvent& event) noexcept override;
  Injected flush() noexcept override;

 private:
  const std::shared_ptr<Recording> recording_;
};

// Understands display::NoInput.
InputBackend backend();

}  // namespace pf::input::recording
