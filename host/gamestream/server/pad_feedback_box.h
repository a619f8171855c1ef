// What programs do to the gamepads of all GameStream sessions, on its way from the threads of the
// devices to the control thread. Of each kind for each pad only the newest is kept, so that a game
// which says it a thousand times a second fills nothing and the last word, "stop", is never the one
// that found no room.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "core/runtime/doorbell.h"
#include "host/gamestream/server/launch.h"
#include "host/input/gamepad_sink.h"

namespace pf::gamestream {

struct PadNews {
  LaunchId launch{};
  input::PadFeedback feedback;
};

class PadFeedbackBox {
 public:
  // `bell` is the control thread's, and outlives the box.
  explicit PadFeedbackBox(Doorbell& bell) noexcept : bell_(bell) {}

  // Any thread.
  void put(LaunchId launch, const input::PadFeedback& feedback) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.insert_or_assign(std::tuple(launch, feedback.pad, kind_of(feedback)), feedback);
    }
    bell_.ring();
  }
  // Control thread: all that waits.
  std::vector<PadNews> take() {
    std::vector<PadNews> news;
    const std::lock_guard lock(mutex_);
    for (const auto& [key, feedback] : waiting_) news.push_back({std::get<0>(key), feedback});
    waiting_.clear();
    return news;
  }

 private:
  // Each sensor and each trigger has wishes of its own.
  static std::size_t kind_of(const input::PadFeedback& feedback) noexcept {
    const std::size_t kind = 2 * feedback.wish.index();
    if (const auto* motion = std::get_if<input::PadMotionWish>(&feedback.wish))
      return kind + (motion->sensor == input::PadSensor::gyroscope ? 1 : 0);
    if (const auto* effect = std::get_if<input::PadTriggerEffectWish>(&feedback.wish))
      return kind + (effect->left ? 1 : 0);
    return kind;
  }

  Doorbell& bell_;
  std::mutex mutex_;
  // Bounded by the launches that stream, their pads and the kinds.
  std::map<std::tuple<LaunchId, std::uint8_t, std::size_t>, input::PadFeedback> waiting_;
};

}  // namespace pf::gamestream
