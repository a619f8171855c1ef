#include "core/control/frame_reporter.h"

#include <algorithm>

namespace pf::control {
namespace {

// So much later nobody asks any more; and what a host calls a time may be anything.
constexpr Nanos kLatest = seconds(3600);

std::uint32_t micros(Nanos span) noexcept {
  const auto us = std::chrono::duration_cast<microseconds>(span).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(us, 0, UINT32_MAX - 1));
}

// A clock's error may make a frame arrive before it was captured.
std::uint32_t micros_between(WireTime pts, WireTime at) noexcept {
  if (pts >= at) return 0;
  return micros(pts < at - kLatest ? kLatest : at - pts);
}

}  // namespace

void FrameReporter::on_wanted(const message::FrameReportsWanted& wanted, LocalTime now) {
  next_at_.reset();
  waiting_.clear();
  if (wanted.interval_ms == 0) return;
  interval_ =
      std::clamp<Nanos>(milliseconds(wanted.interval_ms), kShortestInterval, kLongestInterval);
  next_at_ = now + interval_;
}

void FrameReporter::on_frame(const FrameDecoded& frame) {
  if (!next_at_) return;
  waiting_.push_back({.frame = frame, .presented = std::nullopt});
  if (waiting_.size() > kMaxWaiting) waiting_.pop_front();
}

// The newest is looked at first: it is nearly always the one.
void FrameReporter::on_presented(const FramePresented& presented) {
  presents_ = true;
  const auto at = std::find_if(waiting_.rbegin(), waiting_.rend(), [&](const Waiting& waiting) {
    return waiting.frame.pts == presented.pts;
  });
  if (at != waiting_.rend()) at->presented = presented.at;
}

bool FrameReporter::ripe(const Waiting& waiting, LocalTime now) const noexcept {
  if (!presents_ || waiting.presented || !waiting.frame.decoded) return true;
  return now - *waiting.frame.decoded >= kPatience;
}

message::FrameReport::Frame FrameReporter::told(const Waiting& waiting) const noexcept {
  const auto after_pts = [&](LocalTime at) {
    return micros_between(waiting.frame.pts, clock_->to_wire(at));
  };
  message::FrameReport::Frame frame{.pts = waiting.frame.pts,
                                    .first_received_us = after_pts(waiting.frame.first_received),
                                    .received_us = after_pts(waiting.frame.received),
                                    .decoded_us = std::nullopt,
                                    .presented_us = std::nullopt};
  if (waiting.frame.decoded) frame.decoded_us = after_pts(*waiting.frame.decoded);
  if (waiting.presented) frame.presented_us = after_pts(*waiting.presented);
  return frame;
}

std::optional<message::FrameReport> FrameReporter::poll(LocalTime now) {
  if (!next_at_ || *next_at_ > now) return std::nullopt;
  message::FrameReport report;
  while (clock_ && !waiting_.empty() && ripe(waiting_.front(), now) &&
         report.frames.size() < message::FrameReport::kMaxFrames) {
    report.frames.push_back(told(waiting_.front()));
    waiting_.pop_front();
  }
  const bool full = report.frames.size() == message::FrameReport::kMaxFrames;
  if (!full) next_at_ = now + interval_;
  if (report.frames.empty()) return std::nullopt;
  report.clock_error_us = micros(clock_->error_bound(now));
  return report;
}

}  // namespace pf::control
