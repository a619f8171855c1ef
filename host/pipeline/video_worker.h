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
#include "host/pipeline/recovery_ladder.h"

namespace pf::pipeline {

struct VideoWork {
  display::DisplayRequest display;
  display::CaptureWay capture = display::CaptureWay::best;
  encode::EncodeRequest encode;  // size and rates are those of the display and of the steering
  Nanos repeat_still{0};  // a screen that stands still is sent so often, for ever; 0: it is not
};

// One capture and one encoder in one mode are open. Its first access unit is an IDR.
struct EpochOpened {
  encode::StreamParameters parameters;
  DisplayMode mode;
  // The mode it was opened for, which it did not get if the two differ; empty: for another reason.
  std::optional<DisplayMode> asked;
  std::uint32_t asked_bitrate_kbps = 0;  // which the encoder took if its parameters say the same
};

class VideoWorker {
 public:
  // Called on the video thread each time everything is open.
  using OnOpened = std::function<void(const EpochOpened&)>;

  // The references outlive the worker. Whoever puts a mode into `mode_wish` rings the shift's bell.
  VideoWorker(VideoWork work, Backends backends, FrameOutlet& outlet, FrameSteering& steering,
              Latest<DisplayMode>& mode_wish, StageCpu& cpu, StageCounts& counts,
              recorder::SessionTrace& trace, const Clock& clock, OnOpened on_opened);

  // Beats before everything that might not come back; the longest takes a few seconds. Fails with
  // `refused` when the display's command has ended, or when nothing was ever open; everything else
  // heals.
  Result<void> run(Shift& shift);

 private:
  using Part = RecoveryLadder::Part;
  struct Epoch {
    std::unique_ptr<capture::VideoSource> source;
    std::unique_ptr<encode::Encoder> encoder;
    std::uint32_t asked_bitrate_kbps = 0;
  };

  Result<void> turn(Shift& shift);
  void plan_healing(Shift& shift, Error& error);
  Result<void> keep_display(Shift& shift);
  Result<void> check_display(Shift& shift);
  Result<void> run_epoch(Shift& shift);
  Result<Epoch> open_asked_epoch(Shift& shift);
  Result<Epoch> open_epoch(Shift& shift);
  Result<Epoch> open_epoch_in(Shift& shift, const DisplayMode& mode);
  Result<void> stream(Shift& shift, Epoch& epoch);
  bool mode_asked();
  void follow_phase();
  Result<void> encode(Epoch& epoch, capture::RawFrame frame);
  Result<void> encode_again(Epoch& epoch, const encode::FrameDirective& directive);
  void record(recorder::PictureRow row) noexcept;
  void at(Shift& shift, Part part) noexcept;
  void account_desktop() noexcept;

  VideoWork work_;
  Backends backends_;
  FrameOutlet& outlet_;
  FrameSteering& steering_;
  Latest<DisplayMode>& mode_wish_;
  StageCpu& cpu_;
  StageCounts& counts_;
  recorder::SessionTrace& trace_;
  const Clock& clock_;
  OnOpened on_opened_;
  // Outlives shifts: a dead capture or encoder does not cost the user his desktop.
  std::unique_ptr<display::VirtualDisplay> display_;
  std::optional<DisplayMode> asked_;   // taken out of the box, not yet in force or refused
  int asked_tries_ = 0;                // to open it
  std::optional<DisplayMode> answer_;  // tried; the next epoch tells what came of it
  RecoveryLadder ladder_;
  Part part_ = Part::display;   // at work
  Part broke_ = Part::display;  // ended the epoch before; a change of the mode counts as this
  std::uint8_t reopened_ = recorder::kStageCount;  // of the next picture's row
  bool command_ended_ = false;                     // which is how a session is meant to end
  bool new_display_ = false;                // the ladder wants one, even if the old one looks alive
  std::optional<LocalTime> flowing_since_;  // the first picture of the epoch
  Nanos desktop_before_{0};  // CPU time of compositors that this session had before this one
};

}  // namespace pf::pipeline
