// The client's side of a speed test: what it asks for, and what came of it: the rate that the
// narrowest link gave, from when the filler arrived.
//
// The host sends filler faster than the link, so what comes out of the link comes at its rate:
// bytes over time between two arrivals, as with a single train (rate_capacity.h), and not what was
// sent over how long it was sent, which counts what a queue still held. Packets count and not whole
// access units: while most are lost hardly any is whole. The beginning is left out: an empty queue
// or a bucket of saved-up tokens lets it pass faster than the link can for long. Of what remains
// the slower half counts, so a hiccup makes the answer too low and never too high.
// Pure. Source: docs/protocol/punktfunk1.md section 6.3.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/time.h"
#include "core/message/control_message.h"

namespace pf::control {

// In.
struct SpeedTestWanted {
  std::uint32_t target_kbps = 0;  // of filler, besides headers and parity
  Nanos length{0};
};
struct FillerSeen {
  LocalTime at;
  std::uint64_t packets = 0;  // since the session began
};

struct SpeedTestVerdict {
  std::uint32_t link_kbps = 0;  // IP and UDP headers included; no more than was asked for
  std::uint32_t loss_ppm = 0;   // of what the host put on the wire; 0 if it did not say
  bool link_was_full = false;   // false: the link may carry more than was asked for
};

// Out.
struct SpeedTested {
  enum class Outcome : std::uint8_t {
    measured,
    declined,    // the host does not test
    unanswered,  // it said nothing: it tests once in ten seconds
    too_little,  // came to say anything
  };
  Outcome outcome = Outcome::unanswered;
  SpeedTestVerdict verdict;   // if measured
  message::ProbeResult sent;  // as the host says; all zero: it did not
  std::uint64_t received_packets = 0;
  Nanos received_for{0};  // from the first to the last of them
};

class SpeedTestClient {
 public:
  static constexpr Nanos kMaxLength = seconds(5);          // a host does not send for longer
  static constexpr Nanos kPatience = seconds(5);           // for the result, once the time is over
  static constexpr Nanos kStragglers = milliseconds(500);  // filler overtaken by the result
  static constexpr double kLeftOut = 0.25;                 // of the time, from the first arrival
  static constexpr Nanos kSpacing = milliseconds(1);       // of what is noted
  static constexpr std::size_t kMaxNoted = 1 << 13;        // more than the longest test can have
  // IPv4, UDP, and of a packet of generation 1 what is not its shard.
  static constexpr std::uint32_t kPacketOverheadBytes = 28 + 64;

  SpeedTestClient(const SpeedTestWanted& wanted, std::uint16_t shard_bytes, LocalTime now);

  message::ProbeRequest request() const noexcept;

  void on_filler(const FillerSeen& seen);
  void on_result(const message::ProbeResult& result, LocalTime now) noexcept;

  // Then poll() has the answer.
  LocalTime next_timeout() const noexcept { return deadline_; }
  std::optional<SpeedTested> poll(LocalTime now) const;

 private:
  std::optional<SpeedTestVerdict> verdict() const;
  double rate_kbps(std::size_t first, std::size_t last) const noexcept;

  SpeedTestWanted wanted_;
  std::uint32_t packet_wire_bytes_;
  LocalTime deadline_;
  std::optional<message::ProbeResult> result_;
  std::optional<FillerSeen> first_;
  FillerSeen newest_;
  std::vector<FillerSeen> noted_;
};

// The video bit rate that such a link carries beside headers and parity, with room for frames above
// the mean.
std::uint32_t advised_kbps(std::uint32_t link_kbps, std::uint16_t shard_bytes,
                           std::uint8_t fec_percent) noexcept;

}  // namespace pf::control
