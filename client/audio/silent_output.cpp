#include "client/audio/silent_output.h"

#include <algorithm>

namespace pf::client_audio {
namespace {

Nanos span_of(std::uint64_t samples) {
  return Nanos(static_cast<std::int64_t>(samples) * 1'000'000'000 / kOutputRateHz);
}

}  // namespace

Result<std::size_t> SilentOutput::wanted(Doorbell& bell, Nanos patience) {
  const LocalTime due = began_ + span_of(taken_ + kQuantum);
  LocalTime now = clock_.now();
  if (now < due) {
    bell.wait(std::min(patience, due - now));
    now = clock_.now();
    if (now < due) return std::size_t{0};
  }
  const auto passed = static_cast<std::uint64_t>((now - began_).count()) * kOutputRateHz;
  const std::uint64_t owed = passed / 1'000'000'000 - taken_;
  const std::uint64_t whole = std::min(owed / kQuantum * kQuantum, kMaxAtOnce);
  taken_ += whole;
  if (whole == kMaxAtOnce) {  // what is older is given up
    began_ = now;
    taken_ = 0;
  }
  return static_cast<std::size_t>(whole);
}

}  // namespace pf::client_audio
