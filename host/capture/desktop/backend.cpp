#include "host/capture/desktop/backend.h"

#include "host/capture/desktop/desktop_source.h"

namespace pf::capture::desktop {
namespace {

bool understands(const display::CaptureTarget& target) noexcept {
  return std::holds_alternative<display::DesktopCapture>(target);
}

Result<std::unique_ptr<VideoSource>> open(display::CaptureTarget target, const Clock& clock) {
  auto* capture = std::get_if<display::DesktopCapture>(&target);
  if (capture == nullptr)
    return fail(ErrorKind::unavailable, "that display has no capture channel of punktfunk-desktop");
  PF_TRY(std::unique_ptr<DesktopSource> source,
         DesktopSource::open(std::move(capture->channel), clock));
  return std::unique_ptr<VideoSource>(std::move(source));
}

}  // namespace

CaptureBackend backend() { return {.name = "desktop", .understands = understands, .open = open}; }

}  // namespace pf::capture::desktop
