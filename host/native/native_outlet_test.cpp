#include "host/native/native_outlet.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/runtime/system_clock.h"
#include "core/video/block_codec.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/packet_header.h"

namespace pf::native {
namespace {

constexpr std::uint32_t kMaxFrameBytes = 1 << 20;
constexpr Nanos kPatience = seconds(5);

std::unique_ptr<net::UdpPort> open_port(const Clock& clock) {
  auto port = net::UdpPort::open(Endpoint::loopback(0), clock, {});
  return port ? std::move(*port) : nullptr;
}

// An outlet with its send thread, and what a client has of the stream.
class NativeOutletTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto port = open_port(clock_);
    client_ = open_port(clock_);
    ASSERT_TRUE(port && client_);
    const Endpoint host = port->local();
    outlet_ = std::make_unique<NativeOutlet>(
        params(), std::move(port), parts_, clock_, [](const message::HostTiming&, bool) {},
        [this](const message::ProbeResult& result) {
          tested_.put(result);
          bell_.ring();
        });
    send_.emplace(ThreadSpec{.name = "outlet test"}, BackoffPolicy{}, parts_.send_bell, board_,
                  clock_, [this](Shift& shift) { return outlet_->run(shift); });
    outlet_->start(client_->local());
    std::array<std::byte, 8> punch{};
    std::copy_n(as_bytes("PFpunch1").begin(), punch.size(), punch.begin());
    client_->send({.base = punch.data(), .count = 1, .stride = punch.size()}, host);
    const LocalTime until = clock_.now() + kPatience;
    while (!outlet_->has_room() && clock_.now() < until) parts_.video_bell.wait(milliseconds(10));
    ASSERT_TRUE(outlet_->has_room());
  }

  static OutletParams params() {
    return {.shard_bytes = 1408,
            .largest_shard_bytes = 1408,
            .max_frame_bytes = kMaxFrameBytes,
            .fec = {.scheme = message::FecScheme::gf16, .percent = 20},
            .streaming = video::Streaming::slices};
  }
  void give(std::uint64_t id, Bytes slice, bool first, bool last) {
    outlet_->on_part({.id = FrameId{id},
                      .bytes = slice,
                      .first = first,
                      .last = last,
                      .captured_at = LocalTime(milliseconds(16 * id))});
  }
  // The next packet, which may complete a frame. False: none came.
  bool receive(std::optional<video::ReassembledFrame>& whole) {
    net::Datagram datagram;
    if (client_->receive({&datagram, 1}, bell_, kPatience) == 0) return false;
    const auto packet = opener_.open(datagram.bytes);
    if (!packet) return false;
    newest_shard_bytes_ = wire::v1::parse_packet_fields(*packet)->shard_bytes;
    if (auto frame = reassembler_.push(*packet, datagram.received_at)) whole = frame;
    return true;
  }
  std::optional<video::ReassembledFrame> receive_frame() {
    std::optional<video::ReassembledFrame> whole;
    while (!whole && receive(whole)) {
    }
    return whole;
  }
  static std::vector<std::byte> random_bytes(std::size_t count) {
    std::vector<std::byte> bytes(count);
    SeededRng(3).fill(bytes);
    return bytes;
  }

  const SystemClock clock_;
  HealthBoard board_;
  session::SessionParts parts_{100'000};
  std::unique_ptr<net::UdpPort> client_;
  std::unique_ptr<NativeOutlet> outlet_;
  std::optional<SupervisedThread> send_;

  Doorbell bell_;
  std::uint16_t newest_shard_bytes_ = 0;
  Latest<message::ProbeResult> tested_;
  crypto::Opener opener_{crypto::KeySource::from({}, crypto::Direction::host_to_client),
                         wire::v1::sealed_packets()};
  const message::PacketLimits limits_ =
      wire::v1::packet_limits(params().fec, params().shard_bytes, kMaxFrameBytes);
  const std::unique_ptr<fec::FecCodec> codec_ =
      video::make_block_codec(message::FecScheme::gf16, limits_);
  video::Reassembler reassembler_{wire::v1::sealed_packets(), limits_, *codec_};
};

TEST_F(NativeOutletTest, ASliceArrivesBeforeTheNextOneExists) {
  const auto access_unit = random_bytes(50'000);
  const Bytes all = access_unit;
  give(0, all.first(30'000), true, false);  // 21 whole shards, and 5 of parity
  std::optional<video::ReassembledFrame> whole;
  for (int i = 0; i < 26; ++i) ASSERT_TRUE(receive(whole));
  EXPECT_FALSE(whole);
  give(0, all.subspan(30'000), false, true);
  whole = receive_frame();
  ASSERT_TRUE(whole);
  EXPECT_TRUE(std::equal(whole->bytes.begin(), whole->bytes.end(), all.begin(), all.end()));
}

TEST_F(NativeOutletTest, ShardsChangeTheirSizeBetweenFrames) {
  const auto access_unit = random_bytes(200'000);
  std::uint64_t id = 0;
  for (const std::uint16_t size : {std::uint16_t{1408}, std::uint16_t{1136}, std::uint16_t{1408}}) {
    outlet_->set_shard_bytes(size);
    const LocalTime until = clock_.now() + kPatience;
    while (!outlet_->has_room() && clock_.now() < until) parts_.video_bell.wait(milliseconds(10));
    give(id, Bytes(access_unit).first(100'000), true, false);
    outlet_->set_shard_bytes(1200);  // within a frame nothing changes
    give(id++, Bytes(access_unit).subspan(100'000), false, true);
    const auto whole = receive_frame();
    ASSERT_TRUE(whole) << size;
    EXPECT_TRUE(std::equal(whole->bytes.begin(), whole->bytes.end(), access_unit.begin(),
                           access_unit.end()));
    EXPECT_EQ(newest_shard_bytes_, size);
  }
}

// The worst frame of the plan in the smallest shards, twice: arena and blocks are made for it.
TEST_F(NativeOutletTest, TheLargestFrameFitsInTheSmallestShards) {
  outlet_->set_shard_bytes(1136);
  const auto access_unit = random_bytes(kMaxFrameBytes);
  for (std::uint64_t id = 0; id < 2; ++id) {
    ASSERT_TRUE(outlet_->has_room());
    give(id, access_unit, true, true);
  }
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(receive_frame());
}

TEST_F(NativeOutletTest, AStreamedFrameThatItsEncoderGaveUpMakesRoomForTheNext) {
  const auto access_unit = random_bytes(60'000);
  const Bytes all = access_unit;
  for (std::uint64_t id = 0; id < 100; ++id) {  // many more than the arena and the queue hold
    const LocalTime until = clock_.now() + kPatience;
    while (!outlet_->has_room() && clock_.now() < until) parts_.video_bell.wait(milliseconds(10));
    ASSERT_TRUE(outlet_->has_room());
    give(id, all.first(40'000), true, false);
    outlet_->begin_epoch({});
    std::optional<video::ReassembledFrame> whole;
    for (int i = 0; i < 28 + 6; ++i) ASSERT_TRUE(receive(whole));
    EXPECT_FALSE(whole);
  }
  give(100, all, true, true);
  const auto whole = receive_frame();
  ASSERT_TRUE(whole);
  EXPECT_TRUE(std::equal(whole->bytes.begin(), whole->bytes.end(), all.begin(), all.end()));
}

// Pictures wait, filler comes with numbers of its own, and what was counted is what was sent.
TEST_F(NativeOutletTest, ASpeedTestSendsFillerInPlaceOfPictures) {
  outlet_->start_speed_test({.target_kbps = 5'000, .duration_ms = 200});
  EXPECT_FALSE(outlet_->has_room());
  std::optional<message::ProbeResult> result;
  std::uint32_t packets = 0;
  const LocalTime until = clock_.now() + kPatience;
  while (clock_.now() < until && (!result || packets < result->wire_packets_sent)) {
    net::Datagram datagram;
    if (client_->receive({&datagram, 1}, bell_, milliseconds(10)) > 0) {
      const auto packet = opener_.open(datagram.bytes);
      ASSERT_TRUE(packet);
      if (auto frame = reassembler_.push(*packet, datagram.received_at)) {
        EXPECT_EQ(frame->flags, message::frame_flags::kProbe);
        reassembler_.release(*frame);
      }
      ++packets;
    }
    if (!result) result = tested_.take();
  }
  ASSERT_TRUE(result);
  EXPECT_EQ(result->duration_ms, 200u);
  EXPECT_GT(result->bytes_sent, 0u);
  EXPECT_LE(result->bytes_sent, 125'000u + control::SpeedTestHost::kMostUnitBytes);
  EXPECT_EQ(packets, result->wire_packets_sent);
  EXPECT_EQ(reassembler_.probe_counters().received, packets);
  EXPECT_TRUE(outlet_->has_room());
  const auto access_unit = random_bytes(5'000);
  give(0, access_unit, true, true);  // the video counts from 0 as if nothing had been
  const auto whole = receive_frame();
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->flags & message::frame_flags::kProbe, 0u);
}

}  // namespace
}  // namespace pf::native
