// Where sound goes at the client: a sound server's device, or nowhere at the pace of a clock.
//
// Always 48 kHz, interleaved, in the order of core/audio/speaker_layout.h. One thread writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/doorbell.h"

namespace pf::client_audio {

inline constexpr std::uint32_t kOutputRateHz = 48'000;

class AudioOutput {
 public:
  virtual ~AudioOutput() = default;

  // Sleeps until the device wants sound, somebody rings `bell`, or `patience` is over. How many
  // samples of each channel it wants now; 0: none, which is normal while no device is there. `lost`
  // once the server or the device has gone: open another.
  virtual Result<std::size_t> wanted(Doorbell& bell, Nanos patience) = 0;

  // Takes what it wanted. Never blocks.
  virtual void write(std::span<const float> interleaved) noexcept = 0;

  // In all: what the device played as silence because it was not written in time. Any thread.
  virtual Nanos missed() const noexcept = 0;

  // From now until what is written next is heard, as far as the device says.
  virtual Nanos delay() const noexcept = 0;
};

// Opens one for so many channels, on the thread that will write. It may ring `bell`, which outlives
// it.
using OpenAudioOutput =
    std::function<Result<std::unique_ptr<AudioOutput>>(std::uint8_t channel_count, Doorbell& bell)>;

}  // namespace pf::client_audio
