// What the send threads of both front doors do alike: how long a picture may wait for them, when
// the next batch leaves, and what it costs.
#pragma once

#include <atomic>

#include "core/runtime/supervised_thread.h"
#include "core/runtime/system_clock.h"
#include "core/video/pacer.h"
#include "host/encode/encoder.h"
#include "host/pipeline/frame_trace.h"

namespace pf::pipeline {

// Pictures that waited longer are worth nothing to the viewer; a fresh key frame is.
inline constexpr Nanos kBacklogDeadline = milliseconds(250);

// Adds the thread's CPU time between construction and destruction to a total.
class CpuMeter {
 public:
  explicit CpuMeter(std::atomic<std::int64_t>& total) noexcept
      : total_(total), began_(thread_cpu_time()) {}
  ~CpuMeter() { add(total_, thread_cpu_time() - began_); }
  CpuMeter(const CpuMeter&) = delete;
  CpuMeter& operator=(const CpuMeter&) = delete;

 private:
  std::atomic<std::int64_t>& total_;
  Nanos began_;
};

// Send thread: sleeps until the pacer lets the next bytes go. False: the shift is over.
inline bool await_turn(Shift& shift, const video::Pacer& pacer, const Clock& clock) noexcept {
  while (!shift.over()) {
    const LocalTime now = clock.now();
    const LocalTime due = pacer.due(now);
    if (due <= now) return true;
    shift.bell().wait(due - now);
  }
  return false;
}

// Video thread: what is known of a picture's row once `part`, `bytes` of it so far, left the codec.
inline FrameRow row_of(const encode::AccessUnitPart& part, std::uint32_t bytes,
                       LocalTime now) noexcept {
  return {.id = part.id,
          .captured = part.captured_at,
          .delivered = part.delivered_at,
          .submitted = part.submitted_at,
          .encoded = now,
          .bytes = bytes,
          .idr = part.idr};
}

}  // namespace pf::pipeline
