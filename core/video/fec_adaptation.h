// The parity with which a host answers reported loss (docs/protocol/punktfunk1.md section 11.3).
// Integers throughout, so that every host answers alike.
#pragma once

#include <cstdint>

namespace pf::video {

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
