// Everything a session will do, decided once, by a pure function, before anything is opened.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/audio/opus_bitrate.h"
#include "core/base/display_mode.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/message/handshake.h"
#include "core/message/shard_size.h"

namespace pf::plan {

// Where a session's sound is heard.
enum class SoundPlace : std::uint8_t { client, both, host };

struct SoundOffer {
  SoundPlace place = SoundPlace::client;
  audio::SoundQuality quality = audio::SoundQuality::high;
  bool redundancy = true;  // each frame twice, for clients that understand it
  bool lossless = true;    // plain samples, for clients that ask for them
};

// What this host offers, from its configuration and its probes.
struct HostOffer {
  message::CodecSet codecs{message::VideoCodec::h264};
  std::uint32_t default_bitrate_kbps = 20'000;
  std::uint8_t fec_percent = 10;
  bool fec_adaptive = true;
  std::uint32_t slices = 1;
  std::uint16_t mtu_bytes = 0;       // of IP packets, named by the operator; 0: nobody did
  SoundOffer sound;                  // `place` is overridden for devices that have one of their own
  std::vector<std::string> command;  // runs in the display of each session
  std::string run_as;
};

// The way to a client.
struct ClientPath {
  message::IpFamily family = message::IpFamily::v4;
  std::uint16_t packet_overhead_bytes = 64;         // of the session's packets
  std::optional<std::uint32_t> proven_udp_bytes{};  // that it carries, from an earlier session
};

struct SoundPlan {
  bool sends = false;
  bool plays_on_host = false;
  std::uint8_t channel_count = 2;
  message::AudioCodec codec = message::AudioCodec::opus;
  message::AudioFormat format;
  Nanos frame_period = milliseconds(5);
  std::uint32_t bitrate_kbps = 0;  // Opus
  bool redundant = false;          // Opus
};

struct SessionPlan {
  DisplayMode mode;
  message::VideoCodec codec = message::VideoCodec::h264;
  std::uint32_t bitrate_kbps = 0;
  message::FecParameters fec;
  bool fec_adaptive = true;
  std::uint32_t slices = 1;
  bool takes_streamed_frames = false;  // blocks of a picture may come before its end is encoded
  std::uint16_t shard_bytes = 0;
  std::uint16_t largest_shard_bytes = 0;  // that they may grow to
  message::Cipher cipher = message::Cipher::aes128_gcm;
  std::uint32_t max_frame_bytes = 0;  // the largest access unit that memory is taken for
  bool host_timing_wanted = false;
  SoundPlan sound;
  bool phase_wanted = false;  // its reports move the refresh
  std::vector<std::string> command;
  std::string run_as;
};

// The modes a client may ask for; beyond them a display costs more memory than a mistake should.
inline constexpr SizePx kSmallestMode{64, 64};
inline constexpr SizePx kLargestMode{7680, 4320};
inline constexpr std::uint32_t kHighestRefreshHz = 480;

inline constexpr std::uint32_t kLeastBitrateKbps = 500;
inline constexpr std::uint32_t kMostBitrateKbps = 8'000'000;

// The largest access unit that memory is taken for. Four frames' worth of bits at the asked rate is
// far above any frame of an encoder that holds a one-frame buffer; the floor lets the first key
// frame of a large, busy screen through at a low rate. `refresh_hz` is not 0.
std::uint32_t largest_frame_bytes(std::uint32_t bitrate_kbps, std::uint32_t refresh_hz) noexcept;

// `refused`, with a sentence for the client, when the mode is nonsense or no codec is shared.
Result<SessionPlan> plan_session(const HostOffer& offer, const message::Hello& hello,
                                 const ClientPath& path);

}  // namespace pf::plan
