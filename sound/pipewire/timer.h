// Something that a connection's loop does later, on its own thread.
#pragma once

#include <functional>

#include "core/base/time.h"
#include "sound/pipewire/connection.h"

struct spa_source;

namespace pf::sound {

// All calls on the loop's thread or under its lock, creation and end as well. The connection
// outlives it. Where the system has no timer left, nothing ever happens.
class Timer {
 public:
  Timer(Connection& connection, std::function<void()> expired);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Once, so long from now, whatever was asked for before.
  void start(Nanos delay) noexcept;
  void stop() noexcept;

 private:
  Connection& connection_;
  const std::function<void()> expired_;
  spa_source* const source_;
};

}  // namespace pf::sound
