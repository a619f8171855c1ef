#include "host/gamestream/server/audio_outlet.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/runtime/system_clock.h"

namespace pf::gamestream {
namespace {

TEST(GameStreamAudio, LeavesOnceTheClientShowedItselfAndWithParityAfterEveryFourth) {
  const SystemClock clock;
  Doorbell bell;
  pipeline::SoundCounts counts;
  const auto port = net::UdpPort::open(Endpoint::loopback(0), clock, {});
  const auto client = net::UdpPort::open(Endpoint::loopback(0), clock, {});
  ASSERT_TRUE(port && client);
  AudioOutlet outlet({.packet_duration_ms = 5, .opus_bytes = 60}, **port, counts);
  EXPECT_FALSE(outlet.wants_sound());
  outlet.on_peer((*client)->local());
  EXPECT_TRUE(outlet.wants_sound());

  const std::vector<std::byte> frame(60);
  for (int i = 0; i < 8; ++i) outlet.offer(frame, clock.now());
  std::vector<std::size_t> sizes;
  net::Datagram datagram;
  while (sizes.size() < 12 && (*client)->receive({&datagram, 1}, bell, seconds(5)) > 0)
    sizes.push_back(datagram.bytes.size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{72, 72, 72, 72, 84, 84, 72, 72, 72, 72, 84, 84}));
  EXPECT_EQ(counts.dropped, 0u);

  outlet.offer(Bytes(frame).first(59), clock.now());
  EXPECT_EQ(counts.dropped, 1u) << "of another size, which no client could take";
}

}  // namespace
}  // namespace pf::gamestream
