// A thousand frames from the encoder's buffer to the decoder's, with loss and recovery, without the
// heap.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/rng.h"
#include "core/crypto/sealer.h"
#include "core/fec/gf16_codec.h"
#include "core/video/frame_sealer.h"
#include "core/video/packetiser.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/packet_header.h"
#include "testing/no_alloc.h"

namespace pf::video {
namespace {

TEST(NoAllocation, TheWholeFramePathTakesNothingFromTheHeap) {
  const message::PacketFormat& format = wire::v1::sealed_packets();
  const std::array<std::byte, 4> salt{};
  const auto keys = crypto::KeySource::aes128_gcm({}, salt, crypto::Direction::host_to_client);
  const Packetiser::Params params{.format = &format,
                                  .shard_bytes = 1408,
                                  .max_frame_bytes = 1 << 20,
                                  .rules = {.agreed_percent = 20}};
  PacketArena arena(4 << 20);
  Packetiser packetiser(params, arena);
  fec::Gf16Codec sending_codec({1024, 1024}), receiving_codec({1024, 1024});
  crypto::Sealer sealer(keys, format);
  FrameSealer batches(sealer, sending_codec, 44, format.wire_bytes(params.shard_bytes));
  crypto::Opener opener(keys, format);
  Reassembler reassembler(format, {.max_shard_count = wire::v1::max_shards_per_block(4096, 1)},
                          receiving_codec);
  SeededRng rng(1);
  std::vector<std::byte> access_unit(150'000);
  rng.fill(access_unit);

  std::uint64_t after_warm_up = 0;
  std::uint64_t delivered = 0;
  for (std::uint64_t id = 0; id < 1010; ++id) {
    const testing::AllocationCount count;
    const std::size_t bytes = 1 + rng.below(access_unit.size());
    ASSERT_TRUE(packetiser.begin(20));
    ASSERT_TRUE(packetiser.add({access_unit.data(), bytes / 2}));
    ASSERT_TRUE(packetiser.add({access_unit.data() + bytes / 2, bytes - bytes / 2}));
    const PacketisedFrame frame =
        packetiser.finish({.id = FrameId{id}, .pts = WireTime(milliseconds(16 * id)), .flags = 1});
    batches.begin(frame);
    for (PacketRun batch = batches.next(); batch.count > 0; batch = batches.next()) {
      for (std::uint32_t i = 0; i < batch.count; ++i) {
        if (rng.below(30) == 0) continue;
        const auto opened = opener.open(batch.packet(i));
        ASSERT_TRUE(opened);
        if (auto whole = reassembler.push(*opened, LocalTime(milliseconds(16 * id)))) {
          ++delivered;
          ASSERT_TRUE(std::equal(whole->bytes.begin(), whole->bytes.end(), access_unit.begin(),
                                 access_unit.begin() + static_cast<std::ptrdiff_t>(bytes)));
          reassembler.release(*whole);
        }
      }
    }
    arena.release_oldest();
    if (id >= 10) after_warm_up += count.now();
  }
  EXPECT_EQ(after_warm_up, 0u);
  EXPECT_GT(delivered, 990u);
  EXPECT_GT(reassembler.counters().recovered, 0u);
}

}  // namespace
}  // namespace pf::video
