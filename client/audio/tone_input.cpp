#include "client/audio/tone_input.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pf::client_audio {
namespace {

constexpr std::uint64_t kRateHz = 48'000;

}  // namespace

Result<bool> ToneInput::read(std::span<float> samples, Doorbell& bell, Nanos patience) {
  const LocalTime spoken = due_ + Nanos(static_cast<std::int64_t>(samples.size()) * 62'500 / 3);
  if (clock_.now() < spoken) {
    bell.wait(std::min(patience, spoken - clock_.now()));
    if (clock_.now() < spoken) return false;
  }
  due_ = spoken;
  for (float& sample : samples) {
    // The tone repeats every second: so the phase stays exact for ever.
    const double within = static_cast<double>(phase_++ % kRateHz) / kRateHz;
    sample =
        static_cast<float>(kAmplitude * std::sin(2 * std::numbers::pi * kFrequency_hz * within));
  }
  return true;
}

}  // namespace pf::client_audio
