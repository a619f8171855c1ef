// Where the host's log lines go: to standard error, with time, level and category, and into a ring
// for those who ask the running host. Any thread.
#pragma once

#include <atomic>
#include <functional>
#include <string_view>

#include "core/runtime/log.h"
#include "core/runtime/log_ring.h"

namespace pf::app {

class LogSink {
 public:
  // Before any thread is started, and gone after the last has ended.
  explicit LogSink(log::Level least);
  ~LogSink() { log::set_sink({}); }
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  const LogRing& ring() const noexcept { return ring_; }
  // Lines below it are not kept either.
  log::Level level() const noexcept { return least_; }
  void set_level(log::Level least) noexcept { least_ = least; }

 private:
  void write(log::Level level, std::string_view category, std::string_view line);

  std::atomic<log::Level> least_;
  LogRing ring_;
  std::function<void(log::Level, std::string_view, std::string_view)> print_;
};

}  // namespace pf::app
