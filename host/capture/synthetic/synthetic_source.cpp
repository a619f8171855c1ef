#include "host/capture/synthetic/synthetic_source.h"

#include <algorithm>

#include "core/runtime/system_clock.h"

namespace pf::capture::synthetic {
namespace {

bool understands(const display::CaptureTarget& target) noexcept {
  return std::holds_alternative<display::SyntheticOutput>(target);
}

}  // namespace

CaptureBackend backend() {
  return {.name = "synthetic", .understands = understands, .open = SyntheticSource::open};
}

Result<std::unique_ptr<VideoSource>> SyntheticSource::open(display::CaptureTarget target,
                                                           const Clock& clock) {
  const auto* const output = std::get_if<display::SyntheticOutput>(&target);
  if (output == nullptr) {
    return fail(ErrorKind::unavailable, "the synthetic source draws synthetic outputs only");
  }
  const auto [size, refresh] = output->mode;
  if (!pattern::fits(size) || refresh.numerator == 0 || refresh.denominator == 0) {
    return fail(ErrorKind::exhausted,
                "the coded picture is drawn from {}x{} to {}x{}, not at {}x{}",
                pattern::kSmallestPx.width, pattern::kSmallestPx.height, pattern::kLargestPx.width,
                pattern::kLargestPx.height, size.width, size.height);
  }
  return std::make_unique<SyntheticSource>(output->mode, clock);
}

SyntheticSource::SyntheticSource(const DisplayMode& mode, const Clock& clock)
    : clock_(clock), format_{.size_px = mode.size_px}, rate_(mode.refresh), painter_(mode.size_px) {
  for (Buffer& buffer : buffers_) {
    buffer.pixels.resize(std::size_t{mode.size_px.width} * mode.size_px.height * 4);
    painter_.prepare(canvas_of(buffer));
  }
}

pattern::Canvas SyntheticSource::canvas_of(Buffer& buffer) const noexcept {
  return {buffer.pixels.data(), format_.size_px, format_.size_px.width * 4};
}

void SyntheticSource::take_back(void* self, std::uint64_t token) noexcept {
  static_cast<SyntheticSource*>(self)->buffers_[token].lent = false;
}

Result<std::optional<RawFrame>> SyntheticSource::next(Doorbell& bell, Nanos patience) {
  if (!grid_) grid_.emplace(clock_.now(), rate_);
  const LocalTime due = grid_->at(next_tick_);
  if (const LocalTime now = clock_.now(); now < due) {
    bell.wait(std::min(patience, due - now));
    if (clock_.now() < due) return std::nullopt;  // rung, or out of patience
  }
  const std::uint64_t tick = std::max(next_tick_, grid_->tick_at(clock_.now()));
  next_tick_ = tick + 1;
  const auto free = std::find_if(buffers_.begin(), buffers_.end(),
                                 [](const Buffer& buffer) { return !buffer.lent; });
  if (free == buffers_.end()) return std::nullopt;  // all are held: this tick is slept through
  return draw(static_cast<std::size_t>(free - buffers_.begin()), grid_->at(tick));
}

RawFrame SyntheticSource::draw(std::size_t buffer_index, LocalTime tick) {
  Buffer& buffer = buffers_[buffer_index];
  const pattern::Canvas canvas = canvas_of(buffer);
  painter_.draw({.frame_number = picture_count_, .drawn_at = tick.since_epoch() + wire_offset_},
                canvas);
  buffer.lent = true;
  RawFrame frame{.image = {canvas.pixels, canvas.size_px, canvas.stride_bytes, format_.format},
                 .captured_at = tick,
                 .delivered_at = clock_.now(),
                 .lease = FrameLease(take_back, this, buffer_index)};
  if (picture_count_++ > 0) {
    static_assert(Damage::capacity() >= pattern::Painter::kMostDamage);
    for (const RectPx& area : painter_.damage()) (void)frame.damage_px.push(area);
  }
  return frame;
}

}  // namespace pf::capture::synthetic
