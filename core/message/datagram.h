// What travels in QUIC datagrams: values that are worth nothing late, so that losing one costs
// nothing. Source: docs/protocol/punktfunk1.md section 9.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"

namespace pf::message {

// h→c, one for each access unit after its last packet. Tells the client which share of the latency
// it saw was spent in the host.
struct HostTiming {
  struct Stages {
    std::uint32_t queue_us = 0;   // captured → taken by the encoder
    std::uint32_t encode_us = 0;  // → encoded
    std::uint32_t pace_us = 0;    // → last packet handed to the socket
    bool operator==(const Stages&) const = default;
  };
  WireTime pts;               // of the access unit: its identity
  std::uint32_t host_us = 0;  // captured → last packet handed to the socket
  std::optional<Stages> stages;
  std::optional<std::int32_t> applied_phase_ns;  // only together with stages
  bool operator==(const HostTiming&) const = default;
};

}  // namespace pf::message
