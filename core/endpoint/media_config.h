// What both ends of a media session without control agree on, however they came to: the part of a
// Welcome that packets depend on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/fec/fec_codec.h"
#include "core/message/media.h"
#include "core/message/packet.h"
#include "core/video/packetiser.h"

namespace pf::endpoint {

struct MediaConfig {
  message::FecParameters fec;
  std::uint16_t shard_bytes = 1408;  // even
  bool encrypted = true;             // AES-128-GCM; unencrypted sessions exist for tests
  Secret<16> key;
  std::array<std::byte, 4> salt{};
  std::uint32_t max_frame_bytes = 8u << 20;  // larger access units are neither sent nor accepted
};

// The largest access unit of any session: what a client reckons with when it knows no bit rate.
inline constexpr std::uint32_t kMaxFrameBytes = 64u << 20;
inline constexpr std::uint16_t kMaxShardBytes = 9152;
// Of packets of the worst frame. Shards of a few bytes would make 64 times as many of it.
inline constexpr std::size_t kMaxArenaBytes = std::size_t{256} << 20;

// `malformed`: no session can be like that.
Result<void> check(const MediaConfig& config);

// The rest takes a config that was checked.
const message::PacketFormat& packet_format(const MediaConfig& config) noexcept;
message::PacketLimits packet_limits(const MediaConfig& config) noexcept;
video::Packetiser::Params packetiser_params(const MediaConfig& config) noexcept;
std::size_t worst_frame_wire_bytes(const MediaConfig& config) noexcept;  // all packets of it
std::unique_ptr<fec::FecCodec> make_codec(const MediaConfig& config);

}  // namespace pf::endpoint
