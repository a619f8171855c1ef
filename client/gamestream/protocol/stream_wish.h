// What this client asks of a stream, and what the host grants while both talk RTSP
// (docs/protocol/gamestream.md sections 7.4 to 7.6).
#pragma once

#include <cstdint>
#include <string>

#include "core/base/display_mode.h"

namespace pf::gamestream_client {

// Bits of encryptionSupported and its relatives.
inline constexpr std::uint32_t kEncryptControlV2 = 1, kEncryptVideo = 2, kEncryptAudio = 4;

struct StreamWish {
  DisplayMode mode{{1280, 720}, {60, 1}};
  std::uint32_t bitrate_kbps = 10'000;  // as the user sets it
  std::uint16_t packet_size = 1392;     // less 32 once video is encrypted
  std::uint32_t slices_per_frame = 1;
  std::uint32_t encryption = 0;  // what we want besides what the host asks for
  bool control_v2 = true;        // if the host offers it
  bool invalidates_references = true;
  std::uint8_t channel_count = 2;  // 2, 6 or 8
  bool high_quality_sound = true;
  std::uint32_t audio_packet_ms = 5;
};

struct StreamGrant {
  // Of DESCRIBE.
  std::uint32_t encryption_supported = 0, encryption_requested = 0;
  std::uint32_t features = 0;  // bit 0: takes touch and pens, bit 1: pads' touch and motion
  bool invalidates_references = false;
  std::uint8_t opus_streams = 1, opus_coupled = 1;
  // Of SETUP.
  std::string session;
  std::uint16_t audio_port = 48000, video_port = 47998, control_port = 47999;
  std::string audio_ping, video_ping;  // exactly 16 characters, or empty: the old ping
  std::uint32_t connect_data = 0;
  // What came of both.
  std::uint32_t encryption = 0;
  std::uint16_t packet_size = 0;
};

// (channel mask << 16) | channel count, for /launch.
std::uint32_t surround_audio_info(std::uint8_t channel_count) noexcept;

// The body of ANNOUNCE, byte for byte what a stock client says. `host`: its address as text.
std::string write_announcement(const StreamWish& wish, const StreamGrant& grant,
                               const std::string& host);

}  // namespace pf::gamestream_client
