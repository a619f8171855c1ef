// Which instant each frame of sound belongs to, and where silence has to stand in for sound that
// does not come. Pure.
//
// Frames follow each other without a hole: a frame begins where the one before ended. That counts
// samples, so it runs at the speed of the sound server's clock; the stamps of the samples, which
// come late by as much as threads are late, pull it towards the truth slowly. While nothing comes
// (no program plays), silence goes on at the speed of our clock. A stamp never goes back.
//
// Where the sound server lost cycles, what comes next follows at once: that they are missing shows
// in the stamps a third of a second later, and silence put there would be a second gap in a tone
// that plays. The listener, who has less waiting from then on, plays slower for a while.
//
// One thread. Source: docs/protocol/punktfunk1.md section 14.4, "audio pts_ns".
#pragma once

#include <cstddef>
#include <optional>

#include "core/base/time.h"

namespace pf::audio {

class SoundTimeline {
 public:
  // A hole of at most this between silence and sound is filled with silence, so that the listener's
  // buffer stays as full as it was. Whoever was without sound for longer has run dry and begins
  // anew.
  static constexpr Nanos kMaxFill = milliseconds(100);

  explicit SoundTimeline(Nanos frame_period) noexcept : period_(frame_period) {}

  // A frame of sound begins whose first sample was captured at `captured_at`. Gives how many frames
  // of silence belong before it. Then take(), once for each of those and once for the frame.
  std::size_t begin_sound(LocalTime captured_at) noexcept;

  // All that was captured before `heard_until` would have come by now. Whether a frame of silence
  // is due; then take().
  bool silence_due(LocalTime heard_until) noexcept;

  // Where the next frame begins; the next one follows it.
  LocalTime take() noexcept;

  // Where the next frame will begin; empty: nothing has been heard or awaited yet.
  std::optional<LocalTime> next() const noexcept { return next_; }

 private:
  // Lateness varies from frame to frame, but in this many some are in time: 320 ms.
  static constexpr int kWindowFrames = 64;
  // More than the lateness of any window of a machine that works.
  static constexpr Nanos kMostError = milliseconds(20);

  std::size_t join(LocalTime captured_at) noexcept;
  void steer(Nanos error) noexcept;
  void begin_window() noexcept;

  const Nanos period_;
  std::optional<LocalTime> next_;
  bool quiet_ = true;      // the frame before was silence, at the speed of our clock
  int window_frames_ = 0;  // seen in the window under way
  Nanos window_error_{0};  // the least of them
};

}  // namespace pf::audio
