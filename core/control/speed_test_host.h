// The host's side of a speed test: what it agrees to, when the next piece of filler is due, and the
// count that it answers with. Whoever sends pauses the video meanwhile. Pure.
// Source: docs/protocol/punktfunk1.md section 6.3.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/message/control_message.h"

namespace pf::control {

class SpeedTestHost {
 public:
  static constexpr std::uint32_t kMaxKbps = 10'000'000;
  static constexpr Nanos kMaxLength = milliseconds(5000);
  static constexpr Nanos kSpacing = seconds(10);  // an earlier request is ignored in silence
  static constexpr std::uint32_t kUnitsPerSecond = 240;
  static constexpr std::uint32_t kLeastUnitBytes = 1200, kMostUnitBytes = 16'384;

  // A client that does not keep filler apart from video is declined with an all-zero result.
  explicit SpeedTestHost(bool client_separates_filler) noexcept
      : separates_(client_separates_filler) {}

  enum class Answer : std::uint8_t { ignore, decline, begin };
  Answer on_request(const message::ProbeRequest& request, LocalTime now) noexcept;

  bool running() const noexcept { return ends_at_.has_value(); }
  // Of one that runs: no unit leaves from then on.
  LocalTime ends_at() const noexcept { return *ends_at_; }
  std::uint32_t unit_bytes() const noexcept { return unit_bytes_; }  // all zero bytes

  // When the next unit is to leave. Empty: no test runs, or its time is over (take the result).
  std::optional<LocalTime> unit_due(LocalTime now) const noexcept;
  // It left, or what of it the socket took. `wire_packets` count parity, and so
  // do dropped ones, which are none of the former.
  void on_unit_sent(std::uint32_t data_packets, std::uint32_t wire_packets,
                    std::uint32_t dropped_packets) noexcept;

  // Once, when the time is over.
  std::optional<message::ProbeResult> take_result(LocalTime now) noexcept;

 private:
  bool separates_;
  std::optional<LocalTime> began_at_;  // of the newest test, over or not
  std::optional<LocalTime> ends_at_;   // of the one that runs
  std::uint32_t target_kbps_ = 0;
  std::uint32_t unit_bytes_ = 0;
  message::ProbeResult result_;
};

}  // namespace pf::control
