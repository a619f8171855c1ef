#include "sound/pipewire/timer.h"

#include <pipewire/loop.h>
#include <pipewire/thread-loop.h>

#include <algorithm>

namespace pf::sound {
namespace {

pw_loop* loop_of(const Connection& connection) {
  return pw_thread_loop_get_loop(connection.loop());
}

}  // namespace

Timer::Timer(Connection& connection, std::function<void()> expired)
    : connection_(connection),
      expired_(std::move(expired)),
      source_(pw_loop_add_timer(
          loop_of(connection),
          [](void* data, std::uint64_t) { static_cast<Timer*>(data)->expired_(); }, this)) {}

Timer::~Timer() {
  if (source_ != nullptr) pw_loop_destroy_source(loop_of(connection_), source_);
}

void Timer::start(Nanos delay) noexcept {
  delay = std::max(delay, Nanos(1));  // none would stop it
  timespec value{};
  value.tv_sec = static_cast<time_t>(delay.count() / 1'000'000'000);
  value.tv_nsec = static_cast<long>(delay.count() % 1'000'000'000);
  if (source_ != nullptr)
    pw_loop_update_timer(loop_of(connection_), source_, &value, nullptr, false);
}

void Timer::stop() noexcept {
  timespec none{};
  if (source_ != nullptr)
    pw_loop_update_timer(loop_of(connection_), source_, &none, nullptr, false);
}

}  // namespace pf::sound
