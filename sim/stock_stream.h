// A stock Moonlight client behind a simulated link, as far as the adaptation of its stream goes:
// the real packets of host/gamestream/protocol, a client that puts blocks together, complains and
// is healed as the real one does (docs/protocol/gamestream.md sections 8.3, 8.4, 9), and the round
// trips of its control connection, whose packets share the link.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "sim/link.h"

namespace pf::sim {

// Losses by count and not by time: each packet that is not in one begins a burst with a chance that
// makes the share of lost packets what it is.
struct PacketBursts {
  double share = 0;
  std::uint32_t packets = 3;
};

struct StockStream {
  LinkFaults down, up;  // of `up` only the delay counts: its stream is reliable
  PacketBursts bursts;
  std::uint32_t asked_kbps = 20'000;  // by the user, parity included
  double refresh_hz = 60;
  Nanos length = seconds(15);
  std::uint64_t seed = 1;
  bool drops_references = true;  // the host does; else every loss costs a key frame
  bool reports_blocks = true;    // the client sends FEC status
};

struct StockOutcome {
  std::uint32_t sent = 0;    // frames
  std::uint32_t intact = 0;  // put together
  std::uint32_t shown = 0;   // and what they refer to was, too
  std::uint32_t key_frames = 0;
  Nanos queue_p95{0};
  struct Second {
    std::uint32_t bitrate_kbps = 0, fec_percent = 0, min_parity = 0;  // at its end
    std::uint32_t shown = 0;
    Nanos queue{0};  // as the host believes
  };
  std::vector<Second> course;

  std::string to_string() const;
};

StockOutcome play(const StockStream& stream);

}  // namespace pf::sim
