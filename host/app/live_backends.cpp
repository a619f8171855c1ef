#include "host/app/live_backends.h"

#include <utility>

namespace pf::app {

LiveBackends::LiveBackends(pipeline::Backends first)
    : chosen_(std::make_shared<const pipeline::Backends>(std::move(first))) {}

void LiveBackends::set(pipeline::Backends chosen) {
  auto next = std::make_shared<const pipeline::Backends>(std::move(chosen));
  std::lock_guard lock(mutex_);
  chosen_.swap(next);
}

std::shared_ptr<const pipeline::Backends> LiveBackends::now() const {
  std::lock_guard lock(mutex_);
  return chosen_;
}

// Opening takes milliseconds and happens outside of the lock; what is opened keeps nothing of the
// backends that it came from.
pipeline::Backends LiveBackends::functions() {
  return {
      .open_display =
          [this](const display::DisplayRequest& request) { return now()->open_display(request); },
      .open_source =
          [this](display::CaptureTarget target, const Clock& clock) {
            return now()->open_source(std::move(target), clock);
          },
      .open_encoder = [this](const encode::EncodeRequest& request,
                             const Clock& clock) { return now()->open_encoder(request, clock); },
      .open_sound = [this](const audio::SourceRequest& request, Doorbell& bell,
                           const Clock& clock) { return now()->open_sound(request, bell, clock); },
      .open_input =
          [this](display::InputTarget target) { return now()->open_input(std::move(target)); }};
}

}  // namespace pf::app
