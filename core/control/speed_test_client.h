// What a speed test showed: the rate that the narrowest link gave, from when the filler arrived.
//
// The host sends filler faster than the link, so what comes out of the link comes at its rate:
// bytes over time between two arrivals, as with a single train (rate_capacity.h), and not what was
// sent over how long it was sent, which counts what a queue still held. The beginning is left out:
// an empty queue or a bucket of saved-up tokens lets it pass faster than the link can for long. Of
// what remains the slower half counts, so a hiccup makes the answer too low and never too high.
// Pure. Source: docs/protocol/punktfunk1.md section 6.3.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/time.h"
#include "core/message/control_message.h"

namespace pf::control {

struct SpeedTestVerdict {
  std::uint32_t link_kbps = 0;  // IP and UDP headers included; no more than was asked for
  std::uint32_t loss_ppm = 0;   // of what the host put on the wire; 0 if it did not say
  bool link_was_full = false;   // false: the link may carry more than was asked for
};

class SpeedTestClient {
 public:
  static constexpr Nanos kLength = milliseconds(800);
  static constexpr Nanos kPatience = seconds(6);     // for the host's result
  static constexpr double kLeftOut = 0.25;           // of the time, from the first arrival
  static constexpr std::size_t kMaxUnits = 1 << 13;  // more than 5 s of 240 a second, repeated

  explicit SpeedTestClient(std::uint32_t target_kbps) : target_kbps_(target_kbps) {}

  message::ProbeRequest request() const noexcept {
    return {.target_kbps = target_kbps_,
            .duration_ms = static_cast<std::uint32_t>(kLength / milliseconds(1))};
  }

  // A filler access unit was complete. `wire_bytes` of all its packets that came.
  void on_filler(LocalTime completed, std::uint64_t wire_bytes, std::uint32_t packet_count);

  // The host's result is here. Empty: it declined, or too little came to say anything.
  std::optional<SpeedTestVerdict> verdict(const message::ProbeResult& result) const;

 private:
  struct Unit {
    LocalTime completed;
    std::uint64_t wire_bytes = 0;
  };
  double rate_kbps(std::size_t first, std::size_t last) const noexcept;

  std::uint32_t target_kbps_;
  std::vector<Unit> units_;
  std::uint64_t packets_ = 0;
};

}  // namespace pf::control
