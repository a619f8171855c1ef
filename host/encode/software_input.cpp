#include "host/encode/software_input.h"

#include "core/runtime/system_clock.h"

namespace pf::encode {
namespace {

// H.273 table 4.
std::optional<convert::Matrix> matrix_of(std::uint8_t code) noexcept {
  switch (code) {
    case 1:
      return convert::Matrix::bt709;
    case 5:
    case 6:
      return convert::Matrix::bt601;
    case 9:
      return convert::Matrix::bt2020;
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<void> check_colour(const ColourDescription& colour) {
  if (matrix_of(colour.matrix)) return {};
  return fail(ErrorKind::malformed, "pictures cannot be converted to the matrix {} of H.273",
              colour.matrix);
}

convert::YuvColour yuv_colour(const ColourDescription& colour) noexcept {
  return {matrix_of(colour.matrix).value_or(convert::Matrix::bt709), colour.full_range};
}

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
