#include "host/capture/wlr/backend.h"

#include "host/capture/wlr/screencopy_source.h"

namespace pf::capture::wlr {
namespace {

bool understands(const display::CaptureTarget& target) noexcept {
  return std::holds_alternative<display::WlrOutput>(target);
}

Result<std::unique_ptr<VideoSource>> open(display::CaptureTarget target, const Clock& clock) {
  const auto* output = std::get_if<display::WlrOutput>(&target);
  if (output == nullptr)
    return fail(ErrorKind::unavailable, "that display is no output of a Wayland compositor");
  PF_TRY(std::unique_ptr<ScreencopySource> source, ScreencopySource::open(*output, clock));
  return std::unique_ptr<VideoSource>(std::move(source));
}

}  // namespace

CaptureBackend backend() { return {.name = "wlr", .understands = understands, .open = open}; }

}  // namespace pf::capture::wlr
