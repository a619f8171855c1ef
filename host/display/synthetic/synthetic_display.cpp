#include "host/display/synthetic/synthetic_display.h"

namespace pf::display::synthetic {
namespace {

Result<void> check_mode(const DisplayMode& mode) {
  if (mode.size_px.width == 0 || mode.size_px.height == 0 || mode.refresh.numerator == 0 ||
      mode.refresh.denominator == 0) {
    return fail(ErrorKind::malformed, "{}x{} at {}/{} Hz is not a mode", mode.size_px.width,
                mode.size_px.height, mode.refresh.numerator, mode.refresh.denominator);
  }
  return {};
}

class SyntheticDisplay final : public VirtualDisplay {
 public:
  explicit SyntheticDisplay(const DisplayMode& mode) noexcept : mode_(mode) {}

  Result<void> set_mode(const DisplayMode& mode) override {
    PF_TRY_VOID(check_mode(mode));
    mode_ = mode;
    return {};
  }
  DisplayMode mode() const noexcept override { return mode_; }
  Result<CaptureTarget> capture_target(CaptureWay) override { return SyntheticOutput{mode_}; }
  Result<void> check() override { return {}; }

 private:
  DisplayMode mode_;
};

Result<void> probe(const DisplayRequest&) { return {}; }

Result<std::unique_ptr<VirtualDisplay>> open(const DisplayRequest& request) {
  PF_TRY_VOID(check_mode(request.mode));
  if (!request.command.empty()) {
    return fail(ErrorKind::refused, "the synthetic display cannot run '{}': it has no desktop",
                request.command.front());
  }
  return std::make_unique<SyntheticDisplay>(request.mode);
}

}  // namespace

DisplayBackend backend() { return {.name = "synthetic", .probe = probe, .open = open}; }

}  // namespace pf::display::synthetic
