// The erasure code that a session chose for its blocks, and what that choice bounds
// (docs/protocol/punktfunk1.md sections 11.1 and 11.5).
//
// Whoever makes or takes apart blocks of video asks here, so that both fields work wherever the
// scheme is a value of the Welcome, of the plan or of an embedder's config.
#pragma once

#include <cstdint>
#include <memory>

#include "core/fec/fec_codec.h"
#include "core/message/media.h"
#include "core/message/packet.h"
#include "core/video/frame_geometry.h"

namespace pf::video {

// Shards of a block at most, k + m: C.
constexpr std::uint16_t max_block_shards(message::FecScheme scheme) noexcept {
  return scheme == message::FecScheme::gf8 ? 255 : 65535;
}

BlockRules block_rules(const message::FecParameters& fec) noexcept;

// For every block that a receiver with these limits accepts, which is every block that a sender
// under the same parameters makes.
std::unique_ptr<fec::FecCodec> make_block_codec(message::FecScheme scheme,
                                                const message::PacketLimits& limits);

}  // namespace pf::video
