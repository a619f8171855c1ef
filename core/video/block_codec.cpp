#include "core/video/block_codec.h"

#include <algorithm>

#include "core/fec/gf16_codec.h"
#include "core/fec/gf8_codec.h"

namespace pf::video {

BlockRules block_rules(const message::FecParameters& fec) noexcept {
  return {.max_data_count = fec.max_data_per_block,
          .agreed_percent = fec.percent,
          .max_shard_count = max_block_shards(fec.scheme)};
}

std::unique_ptr<fec::FecCodec> make_block_codec(message::FecScheme scheme,
                                                const message::PacketLimits& limits) {
  if (scheme == message::FecScheme::gf8) return std::make_unique<fec::Gf8Codec>();
  // Blocks that fill the field leave no room for parity, and then nobody asks for any.
  const int parity = limits.max_shard_count - limits.max_data_count;
  return std::make_unique<fec::Gf16Codec>(
      fec::Gf16Codec::Limits{.data_count = limits.max_data_count,
                             .parity_count = static_cast<std::uint32_t>(std::max(parity, 1))});
}

}  // namespace pf::video
