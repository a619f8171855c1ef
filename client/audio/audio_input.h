// Where the user's voice comes from at the client: a microphone, or a tone for tests.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/doorbell.h"

namespace pf::client_audio {

// One thread reads.
class AudioInput {
 public:
  virtual ~AudioInput() = default;

  // Fills all of `samples`, one channel at 48 kHz, with what comes next, as soon as so much is
  // there. False: it was not before somebody rang `bell` or `patience` was over; nothing is taken
  // then. Normal while no microphone is there. `lost` once the server has gone: open another.
  virtual Result<bool> read(std::span<float> samples, Doorbell& bell, Nanos patience) = 0;
};

// On the thread that will read. The input may ring `bell`, which outlives it.
using OpenAudioInput = std::function<Result<std::unique_ptr<AudioInput>>(Doorbell& bell)>;

}  // namespace pf::client_audio
