// Between reassembly and the decoder: lets frames through in their order and never one whose
// reference is missing.
//
// Frames complete out of order when packets overtake each other. A frame that is ahead is held for
// a moment in case the missing one is only late; then the gap is a loss: it is told at once, and
// nothing goes through until a key frame or a recovery anchor, which needs nothing of what was lost
// (docs/protocol/punktfunk1.md section 12.3). Pure.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <variant>

#include "core/base/frame_id.h"
#include "core/base/time.h"
#include "core/video/reception.h"

namespace pf::video {

class FrameGate {
 public:
  // Longer than packets overtake each other on a local network, shorter than anybody sees.
  static constexpr Nanos kReorderPatience = milliseconds(5);
  // At 240 Hz a patience holds one or two; more at once are a loss without waiting.
  static constexpr std::size_t kMaxHeld = 4;

  struct Show {
    ReassembledFrame frame;
  };
  struct Discard {  // too late, or its reference is missing: goes back to the reassembler
    ReassembledFrame frame;
  };
  struct Gap {  // these frames will not be shown; ask for help
    FrameRange missing;
  };
  using Output = std::variant<Show, Discard, Gap>;

  void complete(ReassembledFrame frame, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const noexcept;
  std::optional<Output> poll();

  // The decoder could not use what was shown: nothing goes through until a key frame.
  void decoder_lost() noexcept { frozen_ = true; }
  bool frozen() const noexcept { return frozen_; }

 private:
  void show(ReassembledFrame frame);
  void show_held_successors();
  void give_up_gap();

  FrameId next_{};                     // the frame that has its turn
  bool frozen_ = true;                 // a stream begins with a key frame
  std::deque<ReassembledFrame> held_;  // in order of id; at most kMaxHeld
  LocalTime held_since_;
  std::deque<Output> outputs_;
};

}  // namespace pf::video
