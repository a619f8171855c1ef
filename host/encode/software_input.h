// What every software encoder does before its codec: convert the picture, give its buffer back,
// take the stamps.
#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "host/capture/raw_frame.h"
#include "host/convert/yuv_picture.h"
#include "host/encode/encoder.h"

namespace pf::encode {

struct PictureStamps {
  LocalTime captured_at;
  LocalTime delivered_at;
  LocalTime submitted_at;
};

// `malformed`: a matrix that pictures are not converted to here.
Result<void> check_colour(const ColourDescription& colour);
// Of one that passed the check.
convert::YuvColour yuv_colour(const ColourDescription& colour) noexcept;

// One thread.
class SoftwareInput {
 public:
  SoftwareInput(SizePx size, convert::ChromaLayout layout, const ColourDescription& colour,
                const Clock& clock)
      : clock_(clock), picture_(size, layout, yuv_colour(colour)) {}

  // Converts what changed; the frame's lease is gone when this returns.
  Result<PictureStamps> take(capture::RawFrame frame);
  // The picture taken last, as if it had come now. `refused` when there was none.
  Result<PictureStamps> again();

  const convert::YuvPlanes& planes() const noexcept { return picture_.planes(); }
  Nanos convert_cost() const noexcept { return convert_cost_; }  // CPU time of the last call

 private:
  const Clock& clock_;
  convert::YuvPicture picture_;
  Nanos convert_cost_{0};
};

}  // namespace pf::encode
