#include "host/encode/software_input.h"

#include "core/runtime/system_clock.h"

namespace pf::encode {

Result<PictureStamps> SoftwareInput::take(capture::RawFrame frame) {
  const Nanos cpu_before = thread_cpu_time();
  PF_TRY_VOID(picture_.update(frame.image, frame.damage_px));
  frame.lease.reset();
  convert_cost_ = thread_cpu_time() - cpu_before;
  return PictureStamps{.captured_at = frame.captured_at,
                       .delivered_at = frame.delivered_at,
                       .submitted_at = clock_.now()};
}

Result<PictureStamps> SoftwareInput::again() {
  if (!picture_.filled()) {
    return fail(ErrorKind::refused, "there is no picture yet that could be encoded again");
  }
  convert_cost_ = Nanos{0};
  const LocalTime now = clock_.now();
  return PictureStamps{.captured_at = now, .delivered_at = now, .submitted_at = now};
}

}  // namespace pf::encode
