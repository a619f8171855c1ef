// What all sessions of this host have done so far, added up.
#pragma once

#include <cstdint>

namespace pf::session {

struct WorkCounts {
  std::uint64_t frames_captured = 0;
  std::uint64_t frames_sent = 0;
  std::uint64_t epochs = 0;                // capture and encoder were opened
  std::uint64_t sound_frames = 0;          // given to the network
  std::uint64_t silent_sound_frames = 0;   // of these, because nothing came
  std::uint64_t dropped_sound_frames = 0;  // that never left
  std::uint64_t input_events = 0;          // given to desktops
};

}  // namespace pf::session
