// The client's end of input: what its user does goes in, what is to be sent comes out.
//
// Movements leave at most once a millisecond, added up; presses, releases and text at once, with
// everything that came before them. What gets lost on the way is said again as EdgeRepeater says.
// Nothing leaves that says nothing new. Pure: the caller sends each Output as a QUIC datagram of
// its number and tells what became of it. While its path is full it does not poll, and what waits
// is merged further. Source: docs/protocol/punktfunk1.md section 9.1.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "core/base/machine.h"
#include "core/base/time.h"
#include "core/input/coalescer.h"
#include "core/input/edge_repeater.h"
#include "core/input/held_tracker.h"
#include "core/message/input_event.h"

namespace pf::input {

// In.
struct LetGo {};  // of everything: the window has lost the focus
struct DatagramArrived {
  std::uint64_t number = 0;
};
struct DatagramLost {
  std::uint64_t number = 0;
};

class InputSender {
 public:
  // What a fast mouse reports; a slower pace would be felt in games, a faster one is only load.
  static constexpr Nanos kMotionInterval = milliseconds(1);

  using Input = std::variant<message::InputEvent, LetGo, DatagramArrived, DatagramLost>;
  struct Output {
    message::InputEvent event;
    std::uint64_t number = 0;  // 0: nobody needs to know what becomes of it
  };

  void handle(Input input, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;  // when poll() will have more
  std::optional<Output> poll();

  std::size_t held_count() const noexcept { return held_.held_count(); }
  std::uint64_t copies() const noexcept { return repeater_.copies(); }  // said again, so far

 private:
  void on(const message::InputEvent& event, LocalTime now);
  void on(LetGo, LocalTime now);
  void on(DatagramArrived arrived, LocalTime now);
  void on(DatagramLost lost, LocalTime now);
  void start_over();

  HeldTracker held_;
  Coalescer waiting_;
  EdgeRepeater repeater_;
  std::size_t leaving_ = 0;  // of those that wait, the first
  LocalTime now_, next_motion_at_;
};

static_assert(Machine<InputSender>);

}  // namespace pf::input
