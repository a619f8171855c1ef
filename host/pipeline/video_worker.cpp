#include "host/pipeline/video_worker.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/runtime/log.h"
#include "core/runtime/process_cpu.h"
#include "core/runtime/system_clock.h"
#include "host/pipeline/still_screen.h"

namespace pf::pipeline {
namespace {
// A bell ends every wait early; this only bounds how long a lost compositor goes unnoticed.
constexpr Nanos kVideoPatience = milliseconds(100);
// A switch during which the display dies is tried once more: it may have been a coincidence. A mode
// that costs two displays their lives is not asked for again.
constexpr int kMaxModeTries = 2;

const char* name_of(RecoveryLadder::Part part) noexcept {
  switch (part) {
    case RecoveryLadder::Part::display:
      return "the display";
    case RecoveryLadder::Part::capture:
      return "the capture";
    case RecoveryLadder::Part::encoder:
      return "the encoder";
  }
  return "";
}

// Whose fault it is that pictures stopped when this part broke.
std::uint8_t stage_of(RecoveryLadder::Part part) noexcept {
  switch (part) {
    case RecoveryLadder::Part::display:
      return static_cast<std::uint8_t>(recorder::Stage::compositor);
    case RecoveryLadder::Part::capture:
      return static_cast<std::uint8_t>(recorder::Stage::capture);
    case RecoveryLadder::Part::encoder:
      return static_cast<std::uint8_t>(recorder::Stage::encoder);
  }
  return recorder::kStageCount;
}

const char* remedy_of(const RecoveryLadder::Step& step) noexcept {
  if (step.rung == RecoveryLadder::Rung::now_and_then)
    return "now and then, since it keeps breaking";
  return step.new_display ? "with a new display" : "";
}
}  // namespace

VideoWorker::VideoWorker(VideoWork work, Backends backends, FrameOutlet& outlet,
                         FrameSteering& steering, Latest<DisplayMode>& mode_wish, StageCpu& cpu,
                         StageCounts& counts, recorder::SessionTrace& trace, const Clock& clock,
                         OnOpened on_opened)
    : work_(std::move(work)),
      backends_(std::move(backends)),
      outlet_(outlet),
      steering_(steering),
      mode_wish_(mode_wish),
      cpu_(cpu),
      counts_(counts),
      trace_(trace),
      clock_(clock),
      on_opened_(std::move(on_opened)) {}

Result<void> VideoWorker::run(Shift& shift) {
  flowing_since_.reset();
  Result<void> ended = turn(shift);
  if (!ended) broke_ = part_;
  if (!ended && !command_ended_) plan_healing(shift, ended.error());
  return ended;
}

Result<void> VideoWorker::turn(Shift& shift) {
  PF_TRY_VOID(keep_display(shift));
  while (!shift.over()) PF_TRY_VOID(run_epoch(shift));
  return {};
}

void VideoWorker::plan_healing(Shift& shift, Error& error) {
  const bool refused = error.kind == ErrorKind::refused;
  if (refused && counts_.epochs == 0) return;  // trying again would not change it
  const Nanos flowed = flowing_since_ ? clock_.now() - *flowing_since_ : Nanos(0);
  const auto step = refused ? ladder_.after_refusal() : ladder_.after_failure(part_, flowed);
  // What worked before may work again, so a session does not end for it.
  if (refused) error.kind = ErrorKind::unavailable;
  new_display_ = step.new_display;
  shift.next_time(remedy_of(step), step.pause);
}

void VideoWorker::at(Shift& shift, Part part) noexcept {
  part_ = part;
  shift.beat(name_of(part));
}

// Until the shift is over or the screen is to have another mode.
Result<void> VideoWorker::run_epoch(Shift& shift) {
  PF_TRY(Epoch epoch, mode_asked() ? open_asked_epoch(shift) : open_epoch(shift));
  work_.display.mode = display_->mode();  // of the next display, should this one die
  outlet_.begin_epoch(epoch.encoder->parameters());
  steering_.begin_epoch();  // the first directive asks for an IDR
  if (counts_.epochs++ > 0) reopened_ = stage_of(std::exchange(broke_, Part::display));
  shift.opened();
  on_opened_({.parameters = epoch.encoder->parameters(),
              .mode = display_->mode(),
              .asked = std::exchange(answer_, std::nullopt),
              .asked_bitrate_kbps = epoch.asked_bitrate_kbps});

  Result<void> ended = stream(shift, epoch);
  account_desktop();
  return ended;
}

Result<VideoWorker::Epoch> VideoWorker::open_asked_epoch(Shift& shift) {
  answer_ = std::exchange(asked_, std::nullopt);
  ++asked_tries_;
  auto epoch = *answer_ == display_->mode() ? open_epoch(shift) : open_epoch_in(shift, *answer_);
  if (!epoch && asked_tries_ < kMaxModeTries) asked_ = answer_;
  return epoch;
}

Result<VideoWorker::Epoch> VideoWorker::open_epoch(Shift& shift) {
  at(shift, Part::capture);
  const DisplayMode mode = display_->mode();
  PF_TRY(auto target, display_->capture_target(work_.capture));
  PF_TRY(auto source, backends_.open_source(std::move(target), clock_));
  encode::EncodeRequest request = work_.encode;
  request.size_px = mode.size_px;
  request.refresh = mode.refresh;
  request.bitrate_kbps = steering_.bitrate_kbps();
  at(shift, Part::encoder);
  PF_TRY(auto encoder, backends_.open_encoder(request, clock_));
  return Epoch{std::move(source), std::move(encoder), request.bitrate_kbps};
}

// A mode that the display or the encoder cannot have costs the client nothing but a key frame.
Result<VideoWorker::Epoch> VideoWorker::open_epoch_in(Shift& shift, const DisplayMode& mode) {
  at(shift, Part::display);
  const DisplayMode before = display_->mode();
  Result<void> changed = display_->set_mode(mode);
  if (changed) {
    auto epoch = open_epoch(shift);
    if (epoch) return epoch;
    changed = tl::unexpected(std::move(epoch).error());
  }
  log::warning("video", "the screen stays {}: {}", to_string(before), changed.error().what);
  at(shift, Part::display);
  PF_TRY_VOID(display_->set_mode(before));
  return open_epoch(shift);
}

bool VideoWorker::mode_asked() {
  if (auto mode = mode_wish_.take()) {
    asked_ = mode;
    asked_tries_ = 0;
  }
  return asked_.has_value();
}

// The display of the shift before, if it still lives, else a new one.
Result<void> VideoWorker::keep_display(Shift& shift) {
  if (display_ && (!check_display(shift) || new_display_)) {
    if (command_ended_) return check_display(shift);
    display_.reset();
    desktop_before_ = Nanos(cpu_.desktop_ns);
  }
  if (display_) return {};
  work_.display.anew = std::exchange(new_display_, false);
  at(shift, Part::display);
  PF_TRY(display_, backends_.open_display(work_.display));
  return {};
}

Result<void> VideoWorker::check_display(Shift& shift) {
  at(shift, Part::display);
  Result<void> checked = display_->check();
  command_ended_ = !checked && checked.error().kind == ErrorKind::refused;
  return checked;
}

Result<void> VideoWorker::stream(Shift& shift, Epoch& epoch) {
  encode::Encoder& encoder = *epoch.encoder;
  StillScreen still(work_.repeat_still);
  while (!shift.over() && !mode_asked()) {
    PF_TRY_VOID(check_display(shift));
    follow_phase();
    if (!outlet_.has_room()) {
      shift.bell().wait(kVideoPatience);
      continue;
    }
    const LocalTime asked_at = clock_.now();
    const std::optional<LocalTime> repeat = still.repeat_due();
    const Nanos patience =
        repeat ? std::clamp<Nanos>(*repeat - asked_at, Nanos(0), kVideoPatience) : kVideoPatience;
    const Nanos cpu_before = thread_cpu_time();
    at(shift, Part::capture);
    PF_TRY(auto frame, epoch.source->next(shift.bell(), patience));
    add(cpu_.capture_ns, thread_cpu_time() - cpu_before);
    at(shift, Part::encoder);
    if (frame) {
      ++counts_.captured;
      PF_TRY_VOID(encode(epoch, *std::move(frame)));
      still.on_picture(clock_.now());
    } else if (steering_.refresh_wanted() && still.has_picture()) {
      PF_TRY_VOID(encode_again(epoch, steering_.next_directive()));
      still.on_picture(clock_.now());
    } else if (const LocalTime now = clock_.now(); repeat && now >= *repeat) {
      encode::FrameDirective directive = steering_.next_directive();
      directive.as_before = !still.may_sharpen();
      PF_TRY_VOID(encode_again(epoch, directive));
      still.on_repeat(now);
    } else {
      account_desktop();
      continue;
    }
    if (!flowing_since_) flowing_since_ = clock_.now();
    add(cpu_.convert_ns, encoder.last_cost().convert);
    add(cpu_.encode_ns, encoder.last_cost().encode);
  }
  return {};
}

Result<void> VideoWorker::encode(Epoch& epoch, capture::RawFrame frame) {
  const encode::FrameDirective directive = steering_.next_directive();
  const auto late_us = std::chrono::duration_cast<microseconds>(frame.compositor_late).count();
  const recorder::PictureRow row{
      .id = directive.id,
      .drawn = frame.drawn_at,
      .captured = frame.captured_at,
      .delivered = frame.delivered_at,
      .compositor_late_us = static_cast<std::uint32_t>(
          std::clamp<std::int64_t>(late_us, 0, std::numeric_limits<std::uint32_t>::max())),
      .bitrate_kbps = directive.bitrate_kbps};
  PF_TRY_VOID(epoch.encoder->encode(std::move(frame), directive, outlet_));
  record(row);
  return {};
}

Result<void> VideoWorker::encode_again(Epoch& epoch, const encode::FrameDirective& directive) {
  const LocalTime now = clock_.now();
  PF_TRY_VOID(epoch.encoder->encode_again(directive, outlet_));
  record({.id = directive.id,
          .captured = now,
          .delivered = now,
          .bitrate_kbps = directive.bitrate_kbps,
          .repeat = true});
  return {};
}

void VideoWorker::record(recorder::PictureRow row) noexcept {
  row.reopened = std::exchange(reopened_, recorder::kStageCount);
  trace_.add(row);
}

void VideoWorker::follow_phase() {
  const Nanos later = steering_.take_phase_shift();
  if (later != Nanos(0) && display_->shift_refresh(later))
    steering_.on_phase_shifted(later, display_->mode().refresh.period());
}

void VideoWorker::account_desktop() noexcept {
  if (display_ && display_->process_id() > 0) {
    cpu_.desktop_ns = (desktop_before_ + process_cpu_time(display_->process_id())).count();
  }
}

}  // namespace pf::pipeline
