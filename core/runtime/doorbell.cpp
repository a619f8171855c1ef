#include "core/runtime/doorbell.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "core/base/check.h"

namespace pf {

Doorbell::Doorbell() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { PF_CHECK(fd_ >= 0); }

Doorbell::~Doorbell() { close(fd_); }

void Doorbell::ring() noexcept {
  if (rung_.exchange(true, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  // Can only fail when the counter is full, and then the bell is ringing already.
  [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);
}

void Doorbell::take() noexcept {
  // Drain first, then open for new rings: a ring in between finds the flag set and adds nothing,
  // and its sender put its value before ringing, which the caller is about to see.
  std::uint64_t count;
  [[maybe_unused]] const auto got = read(fd_, &count, sizeof count);
  rung_.exchange(false, std::memory_order_acq_rel);
}

void Doorbell::wait(Nanos patience) noexcept { wait_with(-1, patience); }

bool Doorbell::wait_with(int fd, Nanos patience) noexcept {
  if (patience < Nanos::zero()) patience = Nanos::zero();
  pollfd waits[2] = {{fd_, POLLIN, 0}, {fd, POLLIN, 0}};
  const timespec limit{static_cast<time_t>(patience.count() / 1'000'000'000),
                       static_cast<long>(patience.count() % 1'000'000'000)};
  ppoll(waits, fd < 0 ? 1 : 2, &limit, nullptr);
  if (waits[0].revents != 0) take();
  return fd >= 0 && waits[1].revents != 0;
}

}  // namespace pf
