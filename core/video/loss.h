// Loss as the client reports it and the parity the host answers with (docs/protocol/punktfunk1.md
// sections 6.2 and 11.3). Both ends must agree on the arithmetic, so it is integers throughout.
#pragma once

#include <cstdint>

#include "core/video/reception.h"

namespace pf::video {

inline constexpr std::uint32_t kAllLostPpm = 1'000'000;

// `recovered` shards were rebuilt, of which `late` arrived after all; `received` came in time or
// not.
std::uint32_t loss_ppm(std::uint64_t received, std::uint64_t recovered, std::uint64_t late,
                       std::uint64_t frames_dropped) noexcept;

// The loss between one report and the next.
class LossWindow {
 public:
  // Since the last call. `now` are the counters of the session so far.
  std::uint32_t take(const ReceptionCounters& now) noexcept;

 private:
  ReceptionCounters before_;
};

// Parity in per cent of the data, following the reported loss: up at once, down one step a report.
class FecAdaptation {
 public:
  explicit FecAdaptation(std::uint8_t start_percent) noexcept : percent_(start_percent) {}

  std::uint8_t percent() const noexcept { return percent_; }
  void on_loss_report(std::uint32_t ppm) noexcept;

  // What a lasting loss of `ppm` leads to.
  static std::uint8_t target_percent(std::uint32_t ppm) noexcept;

 private:
  std::uint8_t percent_;
};

}  // namespace pf::video
