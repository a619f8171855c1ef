// What waits for the thread that pulls one plane: bounded, the oldest goes when it is full, because
// what a plane carries is worth less the older it is.
//
// Values are put on the control thread and pulled on one other.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include <tl/expected.hpp>

#include "core/base/time.h"
#include "core/runtime/doorbell.h"

namespace pf::endpoint {

struct PlaneOver {};  // the session has ended and everything was pulled

template <class T>
class PlaneQueue {
 public:
  using Pulled = tl::expected<std::optional<T>, PlaneOver>;

  explicit PlaneQueue(std::size_t most) : most_(most) {}

  void put(T value) {
    {
      std::lock_guard lock(mutex_);
      values_.push_back(std::move(value));
      if (values_.size() > most_) values_.pop_front();
    }
    bell_.ring();
  }
  // Drops from the front what `stale` says so about.
  template <class Stale>
  void drop_while(Stale&& stale) {
    std::lock_guard lock(mutex_);
    while (!values_.empty() && stale(values_.front())) values_.pop_front();
  }
  // Any thread. Nothing comes any more.
  void end() noexcept {
    over_ = true;
    bell_.ring();
  }

  // Puller. The oldest; empty when none came within `patience`.
  Pulled pull(Nanos patience, const Clock& clock) {
    const LocalTime until = clock.now() + patience;
    for (;;) {
      const bool over = over_;  // before looking: what was put before the end is seen
      if (auto value = take()) return value;
      if (over) return tl::unexpected(PlaneOver{});
      const LocalTime now = clock.now();
      if (now >= until) return std::optional<T>();
      bell_.wait(until - now);
    }
  }

 private:
  std::optional<T> take() {
    std::lock_guard lock(mutex_);
    if (values_.empty()) return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    return value;
  }

  const std::size_t most_;
  std::mutex mutex_;
  std::deque<T> values_;
  std::atomic<bool> over_{false};
  Doorbell bell_;
};

}  // namespace pf::endpoint
