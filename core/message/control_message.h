// Everything that travels on the control stream, as one variant that session machines take and
// give. Source: docs/protocol/punktfunk1.md section 6 (modes, recovery, rate, clock), 6.7 (cursor),
// 7 (clipboard), 8 (pairing). Directions: c→h client to host, h→c host to client.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/display_mode.h"
#include "core/base/time.h"
#include "core/message/handshake.h"
#include "core/message/media.h"

namespace pf::message {

// Modes.
struct Reconfigure {  // c→h
  DisplayMode mode;
  bool operator==(const Reconfigure&) const = default;
};
struct Reconfigured {  // h→c
  bool accepted = false;
  DisplayMode mode;  // the one in force, whatever was asked
  bool operator==(const Reconfigured&) const = default;
};

// Loss and recovery. Frame numbers are the low 32 bits of FrameId and wrap.
struct RequestKeyframe {  // c→h
  bool operator==(const RequestKeyframe&) const = default;
};
struct RfiRequest {  // c→h: these frames, both ends included, are lost; do not refer to them again
  std::uint32_t first_frame = 0;
  std::uint32_t last_frame = 0;
  bool operator==(const RfiRequest&) const = default;
};
struct LossReport {  // c→h, every 750 ms
  std::uint32_t loss_ppm = 0;
  bool operator==(const LossReport&) const = default;
};
struct PipelineGap {  // h→c: the host made no frames for so long; that was not the network
  std::uint32_t gap_ms = 0;
  bool operator==(const PipelineGap&) const = default;
};

// Rate.
struct SetBitrate {  // c→h
  std::uint32_t bitrate_kbps = 0;
  bool operator==(const SetBitrate&) const = default;
};
struct BitrateChanged {  // h→c, at any time
  std::uint32_t bitrate_kbps = 0;
  bool operator==(const BitrateChanged&) const = default;
};
struct ProbeRequest {  // c→h: send filler on the media plane
  std::uint32_t target_kbps = 0;
  std::uint32_t duration_ms = 0;
  bool operator==(const ProbeRequest&) const = default;
};
struct ProbeResult {  // h→c; all zero: declined
  std::uint64_t bytes_sent = 0;
  std::uint32_t packets_sent = 0;
  std::uint32_t duration_ms = 0;
  std::uint32_t wire_packets_sent = 0;  // parity included; 0 from old hosts
  std::uint32_t send_dropped = 0;
  bool operator==(const ProbeResult&) const = default;
};

// Clock.
struct ClockProbe {                  // c→h
  std::uint64_t client_sent_ns = 0;  // the client's clock, opaque to the host
  bool operator==(const ClockProbe&) const = default;
};
struct ClockEcho {  // h→c
  std::uint64_t client_sent_ns = 0;
  WireTime host_received;
  WireTime host_sent;
  bool operator==(const ClockEcho&) const = default;
};
struct PhaseReport {  // c→h: the client's display grid in the host's time
  WireTime next_latch;
  std::uint32_t period_ns = 0;
  std::uint32_t uncertainty_ns = 0;
  std::uint32_t lead_ns = 0;  // measured: frames arrive so long before a latch
  std::optional<std::uint16_t> coherence_permille;  // 0…1000; old clients do not say
  bool operator==(const PhaseReport&) const = default;
};

// Frame reports: what became of access units at the client, asked for by hosts that record it.
struct FrameReportsWanted {       // h→c
  std::uint16_t interval_ms = 0;  // between two of them; 0: no more
  bool operator==(const FrameReportsWanted&) const = default;
};
struct FrameReport {  // c→h
  // A second of 120 Hz in one of our intervals; the rest waits for the next one.
  static constexpr std::size_t kMaxFrames = 128;
  struct Frame {
    WireTime pts;                               // of the access unit: its identity
    std::uint32_t first_received_us = 0;        // these after its pts, by the host's clock
    std::uint32_t received_us = 0;              // whole
    std::optional<std::uint32_t> decoded_us;    // none: no picture came of it
    std::optional<std::uint32_t> presented_us;  // none: it was not shown, or nobody knows
    bool operator==(const Frame&) const = default;
  };
  std::uint32_t clock_error_us = 0;  // of all of these, either way
  std::vector<Frame> frames;         // 1…kMaxFrames
  bool operator==(const FrameReport&) const = default;
};

// Shard size.
struct ShardPayloadChanged {  // h→c
  std::uint16_t shard_bytes = 0;
  bool operator==(const ShardPayloadChanged&) const = default;
};
struct ShardPayloadAck {  // c→h
  std::uint16_t shard_bytes = 0;
  bool operator==(const ShardPayloadAck&) const = default;
};

// Access.
struct AccessUpdate {  // h→c
  Grants grants;
  std::chrono::seconds remaining{0};  // 0: no end
  bool operator==(const AccessUpdate&) const = default;
};

// Cursor.
inline constexpr std::uint16_t kMaxCursorSidePx = 120;
struct CursorShape {  // h→c
  std::uint32_t serial = 0;
  std::uint16_t width_px = 0;   // 1…kMaxCursorSidePx
  std::uint16_t height_px = 0;  // likewise
  std::uint16_t hot_x_px = 0;
  std::uint16_t hot_y_px = 0;
  std::vector<std::byte> rgba;  // straight alpha, width · height · 4 bytes
  bool operator==(const CursorShape&) const = default;
};
struct CursorRenderMode {  // c→h
  bool client_draws = true;
  bool operator==(const CursorRenderMode&) const = default;
};

// Clipboard. Offers name formats only; the bytes travel on streams of their own.
inline constexpr std::size_t kMaxClipKinds = 16;
inline constexpr std::size_t kMaxMimeBytes = 128;
struct ClipControl {  // c→h
  bool enabled = false;
  bool files_wanted = false;
  bool operator==(const ClipControl&) const = default;
};
struct ClipState {  // h→c
  enum class Reason : std::uint8_t {
    ok,
    no_backend,
    taken_over,
    disabled,
    no_files,
    not_permitted,
    other,  // a code this build does not know
  };
  bool enabled = false;
  bool text_and_images = false;
  bool files = false;
  Reason reason = Reason::ok;
  bool operator==(const ClipState&) const = default;
};
struct ClipOffer {  // both ways; without kinds: the clipboard was cleared
  struct Kind {
    std::string mime;
    std::uint64_t size_bytes = 0;  // 0: unknown
    bool operator==(const Kind&) const = default;
  };
  std::uint32_t sequence = 0;
  std::vector<Kind> kinds;
  bool operator==(const ClipOffer&) const = default;
};
struct ClipFetch {  // first on a clipboard stream
  std::uint32_t sequence = 0;
  std::optional<std::uint32_t> file_index;
  std::string mime;
  bool operator==(const ClipFetch&) const = default;
};
struct ClipFetchHeader {  // the answer on the same stream; the bytes follow if `ok`
  enum class Status : std::uint8_t { ok, stale, unavailable, denied };
  Status status = Status::ok;
  std::uint64_t total_bytes = 0;  // 0: unknown
  bool operator==(const ClipFetchHeader&) const = default;
};

// Pairing: in place of a Hello, on a connection of its own.
struct PairRequest {  // c→h
  std::string device_name;
  std::vector<std::byte> spake;
  bool operator==(const PairRequest&) const = default;
};
struct PairChallenge {  // h→c
  std::vector<std::byte> spake;
  std::array<std::byte, 32> confirmation{};
  bool operator==(const PairChallenge&) const = default;
};
struct PairProof {  // c→h
  std::array<std::byte, 32> confirmation{};
  bool operator==(const PairProof&) const = default;
};
struct PairResult {  // h→c
  bool paired = false;
  bool operator==(const PairResult&) const = default;
};

using ControlMessage =
    std::variant<Hello, Welcome, Start, Reconfigure, Reconfigured, RequestKeyframe, RfiRequest,
                 LossReport, PipelineGap, SetBitrate, BitrateChanged, ProbeRequest, ProbeResult,
                 ClockProbe, ClockEcho, PhaseReport, FrameReportsWanted, FrameReport,
                 ShardPayloadChanged, ShardPayloadAck, AccessUpdate, CursorShape, CursorRenderMode,
                 ClipControl, ClipState, ClipOffer, PairRequest, PairChallenge, PairProof,
                 PairResult>;

}  // namespace pf::message
