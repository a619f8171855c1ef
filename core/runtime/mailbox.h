// A bounded queue with many producers, for commands and events of the control plane. Not for the
// frame path.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace pf {

template <class T>
class Mailbox {
 public:
  explicit Mailbox(std::size_t bound) : bound_(bound) {}

  [[nodiscard]] bool try_push(T value) {
    std::lock_guard lock(mutex_);
    if (values_.size() == bound_) return false;
    values_.push_back(std::move(value));
    return true;
  }
  std::optional<T> try_pop() {
    std::lock_guard lock(mutex_);
    if (values_.empty()) return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    return value;
  }

 private:
  const std::size_t bound_;
  std::mutex mutex_;
  std::deque<T> values_;
};

}  // namespace pf
