// A thousand frames from the encoder's buffer to the decoder's, over sockets, with loss and
// recovery, without the heap and without a lock.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

#include "core/base/rng.h"
#include "core/crypto/sealer.h"
#include "core/fec/gf16_codec.h"
#include "core/net/udp_port.h"
#include "core/runtime/system_clock.h"
#include "core/video/frame_sealer.h"
#include "core/video/packetiser.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/packet_header.h"
#include "testing/no_alloc.h"
#include "testing/no_lock.h"

namespace pf::video {
namespace {

TEST(NoLock, AreCountedAtAll) {
  if (!testing::kCountsLocks) GTEST_SKIP() << "the thread sanitizer stands where we would count";
  const testing::LockCount count;
  std::mutex mutex;
  { std::lock_guard lock(mutex); }
  EXPECT_EQ(count.now(), 1u);
}

TEST(NoAllocation, TheWholeFramePathTakesNothingFromTheHeapAndNoLock) {
  const message::PacketFormat& format = wire::v1::sealed_packets();
  const std::array<std::byte, 4> salt{};
  const auto keys = crypto::KeySource::aes128_gcm({}, salt, crypto::Direction::host_to_client);
  const Packetiser::Params params{
      .shard_bytes = 1408, .max_frame_bytes = 1 << 20, .rules = {.agreed_percent = 20}};
  PacketArena arena(4 << 20);
  Packetiser packetiser(params, arena);
  fec::Gf16Codec sending_codec({1024, 1024}), receiving_codec({1024, 1024});
  crypto::Sealer sealer(keys, format);
  FrameSealer batches(format, &sealer, sending_codec, {.batch_packets = 44, .data_count = 1024});
  crypto::Opener opener(keys, format);
  Reassembler reassembler(format, {.max_shard_count = wire::v1::max_shards_per_block(4096, 1)},
                          receiving_codec);
  const SystemClock clock;
  Doorbell bell;
  const auto from = net::UdpPort::open(Endpoint::loopback(0), clock, {});
  const auto to = net::UdpPort::open(Endpoint::loopback(0), clock, {});
  ASSERT_TRUE(from && to);
  std::array<net::Datagram, 16> datagrams;
  SeededRng rng(1);
  std::vector<std::byte> access_unit(300'000);  // blocks that are absorbed among them
  rng.fill(access_unit);

  std::uint64_t allocated_after_warm_up = 0;
  std::uint64_t locked_after_warm_up = 0;
  std::uint64_t delivered = 0;
  for (std::uint64_t id = 0; id < 1010; ++id) {
    const testing::AllocationCount allocated;
    const testing::LockCount locked;
    const std::size_t bytes = 1 + rng.below(access_unit.size());
    ASSERT_TRUE(packetiser.begin(
        {.id = FrameId{id}, .pts = WireTime(milliseconds(16 * id)), .flags = 1}, 20));
    ASSERT_TRUE(packetiser.add({access_unit.data(), bytes / 2}));
    ASSERT_TRUE(packetiser.add({access_unit.data() + bytes / 2, bytes - bytes / 2}));
    batches.begin(packetiser.finish());
    for (PacketRun batch = batches.next(); batch.count > 0; batch = batches.next()) {
      ASSERT_EQ((*from)->send(batch, (*to)->local()), net::SendOutcome::sent);
      for (std::size_t left = batch.count; left > 0;) {
        const std::size_t count = (*to)->receive(datagrams, bell, seconds(5));
        ASSERT_GT(count, 0u);
        left -= count;
        for (std::size_t i = 0; i < count; ++i) {
          if (rng.below(30) == 0) continue;
          const auto opened = opener.open(datagrams[i].bytes);
          ASSERT_TRUE(opened);
          auto whole = reassembler.push(*opened, LocalTime(milliseconds(16 * id)));
          if (!whole) continue;
          ++delivered;
          ASSERT_TRUE(std::equal(whole->bytes.begin(), whole->bytes.end(), access_unit.begin(),
                                 access_unit.begin() + static_cast<std::ptrdiff_t>(bytes)));
          reassembler.release(*whole);
        }
      }
    }
    arena.release_oldest();
    if (id < 10) continue;
    allocated_after_warm_up += allocated.now();
    locked_after_warm_up += locked.now();
  }
  EXPECT_EQ(allocated_after_warm_up, 0u);
  EXPECT_EQ(locked_after_warm_up, 0u);
  EXPECT_GT(delivered, 990u);
  EXPECT_GT(reassembler.counters().recovered, 0u);
}

}  // namespace
}  // namespace pf::video
