// Where pictures come from.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/runtime/doorbell.h"
#include "host/capture/raw_frame.h"
#include "host/display/display.h"

namespace pf::capture {

struct VideoFormat {
  SizePx size_px;
  PixelFormat format = PixelFormat::bgrx;
};

// All calls from one thread.
class VideoSource {
 public:
  virtual ~VideoSource() = default;
  virtual const VideoFormat& format() const noexcept = 0;  // a change of format is ErrorKind::lost
  // The newest picture not yet returned; older ones are gone, their damage is added to it. Empty:
  // none came before `patience` was over or somebody rang the bell. A still screen is empty for
  // ever: not an error. The first picture after opening comes at once, whole, even from a still
  // screen.
  virtual Result<std::optional<RawFrame>> next(Doorbell& bell, Nanos patience) = 0;
};

struct CaptureBackend {
  const char* name;
  bool (*understands)(const display::CaptureTarget& target) noexcept;
  // May block up to 2 s. `clock` outlives the source.
  std::function<Result<std::unique_ptr<VideoSource>>(display::CaptureTarget target,
                                                     const Clock& clock)>
      open;
};

}  // namespace pf::capture
