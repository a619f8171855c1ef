// The three messages that open a session: the client's wishes, the host's answer, the client's go.
// Plain values without offsets or length rules: a codec room (core/wire/v1) turns them into bytes.
// Source: docs/protocol/punktfunk1.md section 5.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/display_mode.h"
#include "core/message/capabilities.h"
#include "core/message/media.h"

namespace pf::message {

// Hosts demand equality. Everything compatible is announced by Capabilities instead.
inline constexpr std::uint32_t kWireVersion = 2;

inline constexpr std::size_t kMaxDeviceNameBytes = 64;
inline constexpr std::size_t kMaxLaunchIdBytes = 128;
inline constexpr std::uint16_t kMaxShardBytes = 9152;  // 9216 on the wire, less header and seal

struct Hello {
  std::uint32_t wire_version = kWireVersion;
  DisplayMode mode;  // as asked: anything may stand here until it is checked
  CompositorKind compositor = CompositorKind::automatic;
  GamepadKind gamepad = GamepadKind::automatic;
  std::uint32_t bitrate_kbps = 0;          // 0: the host chooses, the client adapts
  std::optional<std::string> device_name;  // valid UTF-8; untrusted: strip controls before showing
  std::optional<std::string> launch_id;    // such as "steam:570"
  Capabilities capabilities;
  std::uint8_t audio_channels = 2;  // 2, 6 or 8
  CodecSet codecs;                  // empty: HEVC only
  CodecSet preferred_codecs;
  std::optional<HdrMetadata> display_hdr;
  std::uint16_t max_shard_bytes = 0;  // 0: shards keep the size of the Welcome
  AudioFormat audio;
  bool operator==(const Hello&) const = default;
};

struct Welcome {
  std::uint32_t wire_version = kWireVersion;
  std::uint16_t media_port = 0;  // UDP, on the host's QUIC address
  DisplayMode mode;
  FecParameters fec;
  std::uint16_t shard_bytes = 1408;
  bool encrypted = true;
  MediaKeys keys;
  std::uint32_t frame_count = 0;  // 0: until somebody ends it
  CompositorKind compositor = CompositorKind::automatic;
  GamepadKind gamepad = GamepadKind::automatic;
  std::uint32_t bitrate_kbps = 0;  // 0: unknown
  std::uint8_t bit_depth = 8;      // 8 or 10
  Colour colour;
  ChromaFormat chroma = ChromaFormat::yuv420;
  std::uint8_t audio_channels = 2;
  VideoCodec codec = VideoCodec::hevc;
  Capabilities capabilities;
  std::uint16_t management_port = 0;  // 0: unknown
  Grants grants = Grants::all();
  std::chrono::seconds access_expires_in{0};  // 0: never
  AudioCodec audio_codec = AudioCodec::opus;
  AudioFormat audio;
  std::uint16_t audio_frame_us = 0;  // PCM only
  bool operator==(const Welcome&) const = default;
};

struct Start {
  std::uint16_t client_media_port = 0;  // a hint: the punch packet normally overrides it
  bool operator==(const Start&) const = default;
};

}  // namespace pf::message
