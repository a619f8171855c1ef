// Takes sound at the pace of a clock and lets nobody hear it: for machines without a sound server,
// and for measurement, which then depends on none.
#pragma once

#include "client/audio/audio_output.h"

namespace pf::client_audio {

class SilentOutput final : public AudioOutput {
 public:
  explicit SilentOutput(const Clock& clock) noexcept : clock_(clock), began_(clock.now()) {}

  // 5 ms at a time, or what is due after a longer sleep.
  Result<std::size_t> wanted(Doorbell& bell, Nanos patience) override;
  void write(std::span<const float>) noexcept override {}
  Nanos delay() const noexcept override { return {}; }
  Nanos missed() const noexcept override { return {}; }

 private:
  static constexpr std::uint64_t kQuantum = 240;              // samples of each channel
  static constexpr std::uint64_t kMaxAtOnce = kOutputRateHz;  // a second, should the machine sleep

  const Clock& clock_;
  LocalTime began_;
  std::uint64_t taken_ = 0;
};

}  // namespace pf::client_audio
