#include "host/session/desk.h"

#include <utility>

#include "core/runtime/log.h"

namespace pf::session {

class Desk::Lease final : public display::VirtualDisplay {
 public:
  // `desk` has a display.
  // Under the desk's lock.
  explicit Lease(std::shared_ptr<Desk> desk) noexcept : desk_(std::move(desk)) { ++desk_->leases_; }
  ~Lease() override {
    std::lock_guard lock(desk_->mutex_);
    --desk_->leases_;
  }

  Result<void> set_mode(const DisplayMode& mode) override {
    std::lock_guard lock(desk_->mutex_);
    return desk_->display_->set_mode(mode);
  }
  DisplayMode mode() const noexcept override {
    std::lock_guard lock(desk_->mutex_);
    return desk_->display_->mode();
  }
  Result<display::CaptureTarget> capture_target(display::CaptureWay way) override {
    std::lock_guard lock(desk_->mutex_);
    return desk_->display_->capture_target(way);
  }
  Result<void> check() override {
    std::lock_guard lock(desk_->mutex_);
    return desk_->display_->check();
  }
  bool shift_refresh(Nanos later) override {
    std::lock_guard lock(desk_->mutex_);
    return desk_->display_->shift_refresh(later);
  }
  int process_id() const noexcept override {
    std::lock_guard lock(desk_->mutex_);
    return desk_->display_->process_id();
  }

 private:
  const std::shared_ptr<Desk> desk_;
};

Result<std::unique_ptr<display::VirtualDisplay>> Desk::lease(const display::DisplayRequest& request,
                                                             Use use) {
  std::lock_guard lock(mutex_);
  if (request.anew && leases_ == 0) display_.reset();
  if (!display_ || !display_->check()) {
    if (!preparation_)
      preparation_.emplace(
          apps::Preparation::Plan{
              .steps = request.prep, .folder = request.folder, .run_as = request.run_as},
          journal_);
    PF_TRY_VOID(preparation_->make());
    // The dead one stays until there is another: a second lease may still ask it for its mode.
    PF_TRY(auto opened, open_display_(request));
    display_ = std::move(opened);
  } else if (use == Use::own && display_->mode() != request.mode) {
    if (auto changed = display_->set_mode(request.mode); !changed)
      log::warning("desk", "the screen stays {}: {}", to_string(display_->mode()),
                   changed.error().what);
  }
  return std::make_unique<Lease>(shared_from_this());
}

Result<display::InputTarget> Desk::input_target() {
  std::lock_guard lock(mutex_);
  if (!display_) return fail(ErrorKind::lost, "there is no desktop to give input to");
  PF_TRY_VOID(display_->check());
  return display_->input_target();
}

Result<display::CaptureTarget> Desk::capture_target() {
  std::lock_guard lock(mutex_);
  if (!display_) return fail(ErrorKind::lost, "its desktop is not open");
  PF_TRY_VOID(display_->check());
  return display_->capture_target(display::CaptureWay::best);
}

bool Desk::alive() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  return !lock || (display_ && display_->check());
}

}  // namespace pf::session
