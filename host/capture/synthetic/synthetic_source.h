// Draws the coded picture itself, at the rate of the mode: capture without a desktop, for tests and
// measurement.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "core/runtime/system_clock.h"
#include "host/capture/source.h"
#include "host/capture/synthetic/frame_grid.h"
#include "pattern/painter.h"

namespace pf::capture::synthetic {

CaptureBackend backend();

// All calls, and the end of its frames, on one thread. A picture's number is the count of pictures
// drawn before it, so that ticks slept through are not taken for losses; `captured_at` and the
// drawn time are the tick it is for.
class SyntheticSource final : public VideoSource {
 public:
  // `exhausted` when the mode is smaller or larger than the coded picture can be.
  static Result<std::unique_ptr<VideoSource>> open(display::CaptureTarget target,
                                                   const Clock& clock);

  SyntheticSource(const DisplayMode& mode, const Clock& clock);

  const VideoFormat& format() const noexcept override { return format_; }
  Result<std::optional<RawFrame>> next(Doorbell& bell, Nanos patience) override;

 private:
  // One with the encoder, one that a pipeline keeps waiting, one to draw into.
  static constexpr std::size_t kBuffers = 3;

  struct Buffer {
    std::vector<std::byte> pixels;
    bool lent = false;
  };

  static void take_back(void* self, std::uint64_t token) noexcept;
  pattern::Canvas canvas_of(Buffer& buffer) const noexcept;
  RawFrame draw(std::size_t buffer_index, LocalTime tick);

  const Clock& clock_;
  const Nanos wire_offset_ = wire_offset_now();  // the picture says its time on the wire's line
  VideoFormat format_;
  RefreshRate rate_;
  pattern::Painter painter_;
  std::array<Buffer, kBuffers> buffers_;
  std::optional<FrameGrid> grid_;  // starts with the first picture
  std::uint64_t next_tick_ = 0;
  std::uint32_t picture_count_ = 0;
};

}  // namespace pf::capture::synthetic
