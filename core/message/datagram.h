// What a host sends in QUIC datagrams: values that are worth nothing late, so that losing one costs
// nothing. Source: docs/protocol/punktfunk1.md section 9. The other way: client_datagram.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/message/media.h"

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

// h→c. One frame of sound.
struct AudioFrame {
  std::uint32_t sequence = 0;  // +1 for each frame, wraps
  WireTime pts;
  Bytes bytes;  // borrowed: an Opus packet, empty for silence; or samples
};
struct AudioDatagram {
  AudioCodec codec = AudioCodec::opus;  // opus or pcm
  AudioFrame frame;
  std::optional<AudioFrame> previous;  // repeated, in case its own datagram was lost
};

inline constexpr std::uint16_t kMaxPads = 16;

// h→c. How strongly a pad's motors run from now on.
struct Rumble {
  struct Lease {  // old hosts name none
    std::uint8_t sequence = 0;
    std::uint16_t ttl_ms = 0;  // then they stop, unless renewed; 0: stop now
    bool operator==(const Lease&) const = default;
  };
  struct Triggers {
    std::uint16_t left = 0, right = 0;
    bool operator==(const Triggers&) const = default;
  };
  std::uint16_t pad = 0;  // below kMaxPads
  std::uint16_t low_frequency = 0, high_frequency = 0;
  std::optional<Lease> lease;
  std::optional<Triggers> triggers;  // only together with a lease
  bool operator==(const Rumble&) const = default;
};

// h→c. Sound that a pad itself plays: through its voice coils, or its speaker. Stereo, 48 kHz.
enum class PadAudioKind : std::uint8_t { haptics = 0, speaker = 1 };
struct PadAudio {
  std::uint8_t pad = 0;  // below kMaxPads
  PadAudioKind kind = PadAudioKind::haptics;
  std::uint32_t sequence = 0;  // +1 for each of this pad and kind, wraps
  WireTime pts;
  Bytes opus;  // borrowed; empty for silence
};

// h→c. What a pad is to show or do, in the terms of a DualSense.
inline constexpr std::size_t kMaxTriggerEffectBytes = 11;
inline constexpr std::size_t kMaxHidReportBytes = 64;
struct PadLight {
  std::uint8_t pad = 0;
  std::uint8_t red = 0, green = 0, blue = 0;
};
struct PlayerLights {
  std::uint8_t pad = 0;
  std::uint8_t lights = 0;  // five; bit 0 is the leftmost
};
struct TriggerEffect {
  std::uint8_t pad = 0;
  std::uint8_t which = 0;         // 0 left, 1 right
  std::vector<std::byte> effect;  // 1…kMaxTriggerEffectBytes: mode and parameters
};
struct TrackpadHaptic {
  std::uint8_t pad = 0;
  std::uint8_t side = 0;
  std::uint16_t amplitude = 0, period = 0, count = 0;
};
struct RawHidReport {
  std::uint8_t pad = 0;
  std::uint8_t kind = 0;          // 0 output, 1 feature
  std::vector<std::byte> report;  // at most kMaxHidReportBytes
};
struct PadAudioControl {
  std::uint16_t pad = 0;
  std::uint8_t flags = 0;
  std::array<std::byte, 6> block{};
};
using HidOutput = std::variant<PadLight, PlayerLights, TriggerEffect, TrackpadHaptic, RawHidReport,
                               PadAudioControl>;

}  // namespace pf::message
