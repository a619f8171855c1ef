// The body of a session's video thread: display → source → encoder → outlet, opened, turned, and
// opened again when one of them dies.
#pragma once

#include <functional>
#include <memory>

#include "core/runtime/supervised_thread.h"
#include "host/pipeline/backends.h"
#include "host/pipeline/frame_outlet.h"
#include "host/pipeline/frame_steering.h"
#include "host/pipeline/frame_trace.h"

namespace pf::pipeline {

struct VideoWork {
  display::DisplayRequest display;
  display::CaptureWay capture = display::CaptureWay::best;
  encode::EncodeRequest encode;  // size and rate are those of the display
};

class VideoWorker {
 public:
  // Called on the video thread each time everything is open.
  using OnOpened = std::function<void(const encode::StreamParameters&)>;

  // The references outlive the worker.
  VideoWorker(VideoWork work, Backends backends, FrameOutlet& outlet, FrameSteering& steering,
              StageCpu& cpu, StageCounts& counts, const Clock& clock, OnOpened on_opened);

  Result<void> run(Shift& shift);

 private:
  Result<void> keep_display();
  Result<void> stream(Shift& shift, capture::VideoSource& source, encode::Encoder& encoder);
  void account_desktop() noexcept;

  VideoWork work_;
  Backends backends_;
  FrameOutlet& outlet_;
  FrameSteering& steering_;
  StageCpu& cpu_;
  StageCounts& counts_;
  const Clock& clock_;
  OnOpened on_opened_;
  // Outlives shifts: a dead capture or encoder does not cost the user his desktop.
  std::unique_ptr<display::VirtualDisplay> display_;
  Nanos desktop_before_{0};  // CPU time of compositors that this session had before this one
};

}  // namespace pf::pipeline
