// Where a front door takes encoded sound from us, and sends it.
#pragma once

#include "core/base/bytes.h"
#include "core/base/time.h"

namespace pf::pipeline {

class AudioOutlet {
 public:
  virtual ~AudioOutlet() = default;
  // Audio thread. Somebody listens: from then on frames are offered. A decoder has to hear an
  // encoder from its first frame on, so nothing is encoded before.
  virtual bool wants_sound() const noexcept = 0;
  // Audio thread. The next frame, whose first sample was captured at `captured_at`; frames follow
  // each other without a hole. Copies before it returns; never blocks, no allocation.
  virtual void offer(Bytes frame, LocalTime captured_at) noexcept = 0;
};

}  // namespace pf::pipeline
