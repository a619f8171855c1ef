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
  AudioOutlet outlet({.packet_duration_ms = 5, .opus_bytes = 60}, **port, net::kUnmarked, counts);
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

TEST(GameStreamAudio, SaysEachPacketTwiceWhileTheWayLoses) {
  const SystemClock clock;
  Doorbell bell;
  pipeline::SoundCounts counts;
  const auto port = net::UdpPort::open(Endpoint::loopback(0), clock, {});
  const auto client = net::UdpPort::open(Endpoint::loopback(0), clock, {});
  ASSERT_TRUE(port && client);
  AudioOutlet outlet({.packet_duration_ms = 5, .opus_bytes = 60}, **port, 0, counts);
  outlet.on_peer((*client)->local());
  outlet.set_repeats(true);
  const std::vector<std::byte> frame(60);
  for (int i = 0; i < 5; ++i) outlet.offer(frame, clock.now());
  outlet.set_repeats(false);
  outlet.offer(frame, clock.now());

  std::vector<int> sequences;  // -1: parity
  net::Datagram datagram;
  while (sequences.size() < 12 && (*client)->receive({&datagram, 1}, bell, seconds(5)) > 0) {
    const bool parity = datagram.bytes[1] == std::byte{127};
    sequences.push_back(parity ? -1 : std::to_integer<int>(datagram.bytes[3]));
  }
  EXPECT_EQ(sequences, (std::vector<int>{0, 0, 1, 1, 2, 2, 3, -1, -1, 3, 4, 5}));

  // Sound of the best surround is more than a way that loses would bear twice.
  AudioOutlet large({.packet_duration_ms = 5, .opus_bytes = 1280}, **port, 0, counts);
  large.on_peer((*client)->local());
  large.set_repeats(true);
  const std::vector<std::byte> large_frame(1280);
  for (int i = 0; i < 2; ++i) large.offer(large_frame, clock.now());
  for (int expected : {0, 1}) {
    ASSERT_GT((*client)->receive({&datagram, 1}, bell, seconds(5)), 0u);
    EXPECT_EQ(std::to_integer<int>(datagram.bytes[3]), expected);
  }
}

}  // namespace
}  // namespace pf::gamestream
