// Where the client's voice goes: a microphone that programs of the host can record from.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/doorbell.h"

namespace pf::audio {

// All calls from one thread. It exists whether anybody speaks or records, or not.
class MicSink {
 public:
  virtual ~MicSink() = default;

  // One channel, 48 kHz, full scale ±1: what comes next after the push before. Never waits. False:
  // nobody records, so it went nowhere.
  virtual bool push(std::span<const float> samples) noexcept = 0;

  // `lost` once it has died; then open another. Cheap: asked after each push, and while nothing is
  // pushed, so that it is healed before somebody needs it.
  virtual Result<void> alive() noexcept = 0;

  // Forgets what was pushed and not yet recorded: whoever speaks next is somebody else.
  virtual void discard() noexcept = 0;

  // A program records from it.
  virtual bool recorded() const noexcept = 0;

  // Somebody has switched it off on the host: programs hear silence.
  virtual bool muted() const noexcept = 0;
};

// May block up to 4 s. The bell, which outlives the sink, rings when alive() has news.
// `unavailable`: there is no sound server now.
using OpenMicSink = std::function<Result<std::unique_ptr<MicSink>>(Doorbell& bell)>;

}  // namespace pf::audio
