#include "client/gamestream/probe/watch.h"

#include <algorithm>

#include "client/record/snapshot.h"
#include "core/runtime/system_clock.h"
#include "pattern/card.h"
#include "pattern/reader.h"

namespace pf::gamestream_probe {
namespace {

constexpr Nanos kPatience = milliseconds(100);
constexpr double kSnapshotAt = 0.5;  // of the way

double in_s(Nanos span) { return std::chrono::duration<double>(span).count(); }

}  // namespace

Watch::Watch(const Options& options, gamestream_client::StreamLink& link, decode::Decoder& decoder,
             const Clock& clock, LocalTime launched_at, Report& report)
    : options_(options),
      link_(link),
      decoder_(decoder),
      clock_(clock),
      wire_offset_(wire_offset_now()),
      launched_at_(launched_at),
      report_(report) {
  if (options.record.empty()) return;
  auto opened = record::MkvRecorder::open(options.record, options.wish.mode.size_px);
  if (opened) {
    recorder_ = *std::move(opened);
  } else {
    note(tl::unexpected(opened.error()));
  }
}

void Watch::run() {
  while (!over()) {
    auto frame = link_.next_frame(patience());
    if (!frame) break;
    if (*frame) take(**frame);
    play_script();
  }
  if (recorder_) note(recorder_->finish());
  report_.picture = judge_.counts();
  if (first_decoded_) report_.duration_s = in_s(*last_decoded_ - *first_decoded_);
}

// The link gives up by itself where nothing comes.
bool Watch::over() const {
  const bool script_done = !options_.script || (next_step_ == options_.script->steps.size() &&
                                                elapsed_s() >= in_s(options_.script->length));
  return first_decoded_ && elapsed_s() >= options_.seconds && script_done;
}

double Watch::elapsed_s() const {
  return first_decoded_ ? in_s(clock_.now() - *first_decoded_) : 0;
}

Nanos Watch::patience() const {
  if (!first_decoded_ || !options_.script || next_step_ == options_.script->steps.size())
    return kPatience;
  const LocalTime due = *first_decoded_ + options_.script->steps[next_step_].at;
  return std::clamp<Nanos>(due - clock_.now(), Nanos(0), kPatience);
}

void Watch::take(const gamestream_client::VideoFrame& frame) {
  const auto picture = decoder_.decode(frame.access_unit, FrameId{frame.index});
  const LocalTime decoded_at = clock_.now();
  const bool shown = picture && *picture;
  const auto on_wire_line = [this](LocalTime at) { return (at + wire_offset_).ns(); };
  FrameRow row{.index = frame.index,
               .timestamp_90khz = frame.timestamp_90khz,
               .first_received_ns = on_wire_line(frame.first_received),
               .received_ns = on_wire_line(frame.received),
               .decoded_ns = shown ? on_wire_line(decoded_at) : 0,
               .host_latency_ns = std::int64_t{frame.host_latency_tenths_ms} * 100'000,
               .kind = static_cast<std::uint8_t>(frame.kind),
               .key = frame.key};
  if (last_timestamp_ && static_cast<std::int32_t>(frame.timestamp_90khz - *last_timestamp_) < 0)
    ++report_.backward_timestamps;
  last_timestamp_ = frame.timestamp_90khz;
  if (recorder_) note(recorder_->add(frame.access_unit, Nanos(frame.first_received.ns())));
  if (shown) {
    if (!first_decoded_) {
      first_decoded_ = decoded_at;
      report_.first_picture_ms = in_s(decoded_at - launched_at_) * 1000;
    }
    last_decoded_ = decoded_at;
    ++report_.decoded;
    look_at(**picture, row);
  } else {
    ++report_.undecodable;
  }
  if (report_.rows.size() < kMaxRows) report_.rows.push_back(row);
}

void Watch::look_at(const decode::DecodedPicture& picture, FrameRow& row) {
  // The encoder rounds odd sizes up; what it added is not part of the screen.
  const SizePx screen = options_.wish.mode.size_px;
  const SizePx rounded{screen.width + screen.width % 2, screen.height + screen.height % 2};
  report_.decoded_px = picture.size_px == rounded ? screen : picture.size_px;
  const pattern::YuvView view{
      .size_px = report_.decoded_px,
      .planes = {picture.planes[0], picture.planes[1], picture.planes[2]},
      .stride_bytes = {picture.stride_bytes[0], picture.stride_bytes[1], picture.stride_bytes[2]},
      .full_range = picture.full_range};
  const auto reading = pattern::read_picture(view);
  judge_.add(reading);
  if (reading && !reading->torn) {
    row.drawn_ns = pattern::full_time(reading->stamp.drawn_at, Nanos(row.received_ns)).count();
    report_.colour_card_error = pattern::check_card(view).largest_error;
  }
  if (!options_.snapshot.empty() && !snapshot_taken_ &&
      elapsed_s() >= options_.seconds * kSnapshotAt) {
    snapshot_taken_ = true;
    note(record::write_png(options_.snapshot, picture, report_.decoded_px));
  }
}

void Watch::play_script() {
  if (!first_decoded_ || !options_.script) return;
  const auto& steps = options_.script->steps;
  const Nanos since_begin = clock_.now() - *first_decoded_;
  for (; next_step_ < steps.size() && steps[next_step_].at <= since_begin; ++next_step_) {
    ++report_.inputs_played;
    if (const auto& event = steps[next_step_].event) {
      if (held_.admit(*event)) play(*event);
    } else {
      for (const message::InputEvent& release : held_.release_all()) play(release);
    }
  }
}

void Watch::play(const message::InputEvent& event) {
  if (auto packet = translator_.translate(event)) link_.send(*std::move(packet));
}

void Watch::note(const Result<void>& done) {
  if (!done && trouble_.empty()) trouble_ = done.error().what;
}

}  // namespace pf::gamestream_probe
