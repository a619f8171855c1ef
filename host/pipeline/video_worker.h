// The body of a session's video thread: display → source → encoder → outlet, opened, turned, and
// opened again when one of them dies or the screen gets another mode.
#pragma once

#include <functional>
#include <memory>

#include "core/runtime/latest.h"
#include "core/runtime/supervised_thread.h"
#include "host/pipeline/backends.h"
#include "host/pipeline/frame_outlet.h"
#include "host/pipeline/frame_steering.h"
#include "host/pipeline/frame_trace.h"

namespace pf::pipeline {

struct VideoWork {
  display::DisplayRequest display;
  display::CaptureWay capture = display::CaptureWay::best;
  encode::EncodeRequest encode;  // size and rates are those of the display and of the steering
};

// One capture and one encoder in one mode are open. Its first access unit is an IDR.
struct EpochOpened {
  encode::StreamParameters parameters;
  DisplayMode mode;
  // The mode it was opened for, which it did not get if the two differ; empty: for another reason.
  std::optional<DisplayMode> asked;
};

class VideoWorker {
 public:
  // Called on the video thread each time everything is open.
  using OnOpened = std::function<void(const EpochOpened&)>;

  // The references outlive the worker. Whoever puts a mode into `mode_wish` rings the shift's bell.
  VideoWorker(VideoWork work, Backends backends, FrameOutlet& outlet, FrameSteering& steering,
              Latest<DisplayMode>& mode_wish, StageCpu& cpu, StageCounts& counts,
              const Clock& clock, OnOpened on_opened);

  Result<void> run(Shift& shift);

 private:
  struct Epoch {
    std::unique_ptr<capture::VideoSource> source;
    std::unique_ptr<encode::Encoder> encoder;
  };

  Result<void> keep_display();
  Result<void> run_epoch(Shift& shift);
  Result<Epoch> open_epoch();
  Result<Epoch> open_epoch_in(const DisplayMode& mode);
  Result<void> stream(Shift& shift, Epoch& epoch);
  bool mode_asked();
  void account_desktop() noexcept;

  VideoWork work_;
  Backends backends_;
  FrameOutlet& outlet_;
  FrameSteering& steering_;
  Latest<DisplayMode>& mode_wish_;
  StageCpu& cpu_;
  StageCounts& counts_;
  const Clock& clock_;
  OnOpened on_opened_;
  // Outlives shifts: a dead capture or encoder does not cost the user his desktop.
  std::unique_ptr<display::VirtualDisplay> display_;
  std::optional<DisplayMode> asked_;   // taken out of the box, not yet tried
  std::optional<DisplayMode> answer_;  // tried; the next epoch tells what came of it
  Nanos desktop_before_{0};  // CPU time of compositors that this session had before this one
};

}  // namespace pf::pipeline
