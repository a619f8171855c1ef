#include "host/gamestream/server/video_outlet.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "core/base/rng.h"
#include "core/runtime/system_clock.h"
#include "host/pipeline/sending.h"
#include "testing/no_alloc.h"

namespace pf::gamestream {
namespace {

constexpr Nanos kPatience = seconds(5);
constexpr std::uint16_t kPacketSize = 1024;
constexpr std::size_t kPayloadBytes = kPacketSize - 16;

// What a client reads of a frame that came whole.
struct Frame {
  std::uint32_t index = 0;
  std::uint8_t kind = 0;
  std::uint16_t latency_tenths_ms = 0;
  std::uint32_t timestamp = 0;
  std::vector<std::byte> access_unit;
};

std::uint32_t little(const std::byte* at, int bytes) {
  std::uint32_t all = 0;
  for (int i = bytes - 1; i >= 0; --i) all = all << 8 | std::to_integer<std::uint32_t>(at[i]);
  return all;
}

class GameStreamVideo : public ::testing::Test {
 protected:
  void SetUp() override {
    port_ = open_port();
    client_ = open_port();
    ASSERT_TRUE(port_ && client_);
    outlet_.emplace(VideoOutletParams{.packets = {.packet_size = kPacketSize},
                                      .max_frame_bytes = 1 << 20,
                                      .began_at = clock_.now()},
                    *port_, parts_, clock_);
    outlet_->begin_epoch({.drops_references = true});
  }
  std::unique_ptr<net::UdpPort> open_port() {
    auto port = net::UdpPort::open(Endpoint::loopback(0), clock_, {});
    return port ? std::move(*port) : nullptr;
  }
  void start_sending() {
    send_.emplace(ThreadSpec{.name = "outlet test"}, BackoffPolicy{}, parts_.send_bell, board_,
                  clock_, [this](Shift& shift) { return outlet_->run(shift); });
  }
  bool await_room() {
    const LocalTime until = clock_.now() + kPatience;
    while (!outlet_->has_room() && clock_.now() < until) parts_.video_bell.wait(milliseconds(10));
    return outlet_->has_room();
  }
  struct Picture {
    bool idr = false, anchor = false, repeat = false;
  };
  LocalTime give(std::uint64_t id, Bytes bytes, const Picture& picture) {
    const LocalTime now = clock_.now();
    const LocalTime captured = picture.repeat ? now : now - milliseconds(3);
    const Bytes half = bytes.first(bytes.size() / 2);
    encode::AccessUnitPart part{.id = FrameId{id},
                                .bytes = half,
                                .first = true,
                                .idr = picture.idr,
                                .recovery_anchor = picture.anchor,
                                .captured_at = captured,
                                .delivered_at = captured,
                                .submitted_at = now};
    outlet_->on_part(part);
    part.bytes = bytes.subspan(half.size());
    part.first = false;
    part.last = true;
    outlet_->on_part(part);
    return captured;
  }
  std::optional<Frame> receive_frame() {
    Frame frame;
    std::uint32_t data_seen = 0, data_count = 0;
    std::vector<std::byte> payload;
    for (;;) {
      net::Datagram datagram;
      if (client_->receive({&datagram, 1}, bell_, kPatience) == 0) return std::nullopt;
      const std::byte* const at = datagram.bytes.data();
      EXPECT_EQ(datagram.bytes.size(), std::size_t{kPacketSize} + 16);
      const std::uint32_t info = little(at + 28, 4);
      data_count = info >> 22;
      if ((info >> 12 & 0x3FF) >= data_count) {  // parity; the last packet ends the frame
        const std::uint32_t parity = (data_count * (info >> 4 & 0xFF) + 99) / 100;
        if ((info >> 12 & 0x3FF) + 1 == data_count + parity && block_of(at) == last_block_of(at))
          break;
        continue;
      }
      if (payload.empty()) frame.index = little(at + 20, 4);
      EXPECT_EQ(little(at + 20, 4), frame.index);
      frame.timestamp = 0;
      for (int i = 4; i < 8; ++i)
        frame.timestamp = frame.timestamp << 8 | std::to_integer<std::uint32_t>(at[i]);
      payload.insert(payload.end(), at + 32, at + datagram.bytes.size());
      ++data_seen;
    }
    frame.latency_tenths_ms = static_cast<std::uint16_t>(little(payload.data() + 1, 2));
    frame.kind = static_cast<std::uint8_t>(payload[3]);
    const std::size_t bytes = (data_seen - 1) * kPayloadBytes + little(payload.data() + 4, 2);
    frame.access_unit.assign(payload.begin() + 8,
                             payload.begin() + static_cast<std::ptrdiff_t>(bytes));
    return frame;
  }
  static unsigned block_of(const std::byte* at) {
    return std::to_integer<unsigned>(at[27]) >> 4 & 3;
  }
  static unsigned last_block_of(const std::byte* at) {
    return std::to_integer<unsigned>(at[27]) >> 6;
  }
  static std::vector<std::byte> random_bytes(std::size_t count) {
    std::vector<std::byte> bytes(count);
    SeededRng(3).fill(bytes);
    return bytes;
  }

  const SystemClock clock_;
  HealthBoard board_;
  session::SessionParts parts_{100'000};
  std::unique_ptr<net::UdpPort> port_, client_;
  std::optional<VideoOutlet> outlet_;
  std::optional<SupervisedThread> send_;
  Doorbell bell_;
};

TEST_F(GameStreamVideo, NothingIsWantedBeforeTheClientShowedItself) {
  EXPECT_FALSE(outlet_->has_room());
  outlet_->on_peer(client_->local());
  EXPECT_TRUE(outlet_->has_room());
}

TEST_F(GameStreamVideo, FramesArriveWholeAndCountedFromOne) {
  outlet_->on_peer(client_->local());
  start_sending();
  const auto access_unit = random_bytes(400'000);  // more than one block
  std::uint32_t index = 0, timestamp = 0;
  for (const std::size_t bytes : {400'000u, 1u, 999u, 1000u, 1001u, 20'000u}) {
    ASSERT_TRUE(await_room());
    give(index, Bytes(access_unit).first(bytes), {.idr = index == 0, .anchor = index == 3});
    const auto frame = receive_frame();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->index, ++index);
    EXPECT_EQ(frame->kind, index == 1 ? 2 : index == 4 ? 5 : 1);
    EXPECT_TRUE(std::equal(frame->access_unit.begin(), frame->access_unit.end(),
                           access_unit.begin(), access_unit.begin() + bytes))
        << bytes;
    EXPECT_GE(frame->timestamp, timestamp);
    timestamp = frame->timestamp;
  }
  EXPECT_EQ(outlet_->frames().newest(), 6u);
}

TEST_F(GameStreamVideo, TheLatencyItTellsIsThatOfTheTrace) {
  outlet_->on_peer(client_->local());
  start_sending();
  const auto access_unit = random_bytes(30'000);
  give(0, access_unit, {.idr = true});
  const auto frame = receive_frame();
  ASSERT_TRUE(frame);
  ASSERT_TRUE(await_room());
  give(1, access_unit, {.repeat = true});
  const auto repeat = receive_frame();
  ASSERT_TRUE(repeat);
  EXPECT_EQ(repeat->latency_tenths_ms, 0);
  send_.reset();
  const auto rows = parts_.trace->frames().rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].packets, 30u + 6u);
  const auto told = microseconds(100 * frame->latency_tenths_ms);
  EXPECT_GE(told, milliseconds(3));
  // It ends where the first packet is about to leave; rounding is half a tenth.
  EXPECT_LE(told, rows[0].first_sent - rows[0].captured + microseconds(50));
}

// What we drop gets no number: nothing is sent until a picture comes that refers to none of it.
TEST_F(GameStreamVideo, AfterABacklogOnlyAKeyFrameIsSent) {
  outlet_->on_peer(client_->local());
  const auto access_unit = random_bytes(5'000);
  parts_.steering.begin_epoch();
  (void)parts_.steering.next_directive();
  give(0, access_unit, {.idr = true});
  give(1, access_unit, {});
  const LocalTime too_late = clock_.now() + pipeline::kBacklogDeadline;
  while (clock_.now() < too_late) bell_.wait(milliseconds(20));
  start_sending();
  const LocalTime until = clock_.now() + kPatience;
  while (!parts_.steering.refresh_wanted() && clock_.now() < until) bell_.wait(milliseconds(5));
  EXPECT_TRUE(parts_.steering.refresh_wanted());
  give(2, access_unit, {});  // encoded before the wish was heard
  give(3, access_unit, {.idr = true});
  give(4, access_unit, {});
  auto frame = receive_frame();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->index, 1u);
  EXPECT_EQ(frame->kind, 2);
  frame = receive_frame();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->index, 2u);
  EXPECT_EQ(frame->kind, 1);
}

// Frames of all sizes, so that blocks and parity change from each to the next.
TEST_F(GameStreamVideo, TheFramePathTakesNothingFromTheHeap) {
  outlet_->on_peer(client_->local());
  start_sending();
  const auto access_unit = random_bytes(300'000);
  std::uint64_t id = 0;
  const auto send = [&](int count) {
    for (int i = 0; i < count; ++i, ++id) {
      ASSERT_TRUE(await_room());
      give(id, Bytes(access_unit).first(1'000 + id * 977 % 290'000), {.idr = id == 0});
    }
  };
  send(10);
  const testing::AllocationCount allocations;
  send(100);
  EXPECT_EQ(allocations.now(), 0u);
}

TEST_F(GameStreamVideo, AFrameThatItsEncoderGaveUpMakesRoomForTheNext) {
  outlet_->on_peer(client_->local());
  start_sending();
  const auto access_unit = random_bytes(60'000);
  for (std::uint64_t id = 0; id < 100; ++id) {  // many more than the arena holds
    ASSERT_TRUE(outlet_->has_room());
    outlet_->on_part({.id = FrameId{id}, .bytes = access_unit, .first = true});
    outlet_->begin_epoch({});
  }
  give(100, access_unit, {.idr = true});
  const auto frame = receive_frame();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->index, 1u);
}

TEST_F(GameStreamVideo, AFrameAboveThePlanIsLeftOutAndAKeyFrameWanted) {
  outlet_->on_peer(client_->local());
  start_sending();
  (void)parts_.steering.next_directive();
  give(0, random_bytes((1 << 20) + 1), {});
  EXPECT_TRUE(parts_.steering.refresh_wanted());
  give(1, random_bytes(100), {.idr = true});
  const auto frame = receive_frame();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->index, 1u);
}

TEST_F(GameStreamVideo, LostFramesBecomeWishesToTheEncoder) {
  outlet_->on_peer(client_->local());
  start_sending();
  (void)parts_.steering.next_directive();  // picture 0, the first key frame
  const auto access_unit = random_bytes(2'000);
  for (std::uint64_t id = 0; id < 4; ++id) {
    ASSERT_TRUE(await_room());
    give(id, access_unit, {.idr = id == 0});
    ASSERT_TRUE(receive_frame());
    (void)parts_.steering.next_directive();
  }
  send_.reset();  // and with it, all is counted
  outlet_->on_lost(2, 3);
  const auto directive = parts_.steering.next_directive();
  EXPECT_FALSE(directive.idr);
  ASSERT_TRUE(directive.lost);
  EXPECT_EQ(directive.lost->first, FrameId{1});
  EXPECT_EQ(directive.lost->last, FrameId{2});
  outlet_->begin_epoch({.drops_references = false});
  outlet_->on_lost(1, 3);
  EXPECT_TRUE(parts_.steering.next_directive().idr);
}

}  // namespace
}  // namespace pf::gamestream
