// Both halves of a session without control, joined by a link that this file bends.
#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <vector>

#include "core/base/rng.h"
#include "core/endpoint/client_media.h"
#include "core/endpoint/host_media.h"
#include "core/endpoint/loopback_link.h"
#include "core/endpoint/udp_link.h"
#include "core/runtime/system_clock.h"
#include "testing/no_alloc.h"

namespace pf::endpoint {
namespace {

using Packets = std::deque<std::vector<std::byte>>;

// Sends into one list and receives from another, which the test sees and changes.
class ListLink final : public MediaLink {
 public:
  ListLink(Packets& out, Packets& in) : out_(out), in_(in) {}

  LinkSend send(PacketRun run) noexcept override {
    for (std::uint32_t i = 0; i < run.count; ++i) {
      out_.emplace_back(run.packet(i).begin(), run.packet(i).end());
    }
    return {};
  }
  std::optional<std::size_t> receive(std::span<MutableBytes> into) noexcept override {
    given_.clear();
    while (!in_.empty() && given_.size() < into.size()) {
      given_.push_back(std::move(in_.front()));
      in_.pop_front();
    }
    for (std::size_t i = 0; i < given_.size(); ++i) into[i] = given_[i];
    return given_.size();
  }

 private:
  Packets& out_;
  Packets& in_;
  std::vector<std::vector<std::byte>> given_;
};

MediaConfig config(message::FecScheme scheme = message::FecScheme::gf16) {
  MediaConfig made;
  made.fec = {.scheme = scheme, .percent = 25, .max_data_per_block = 64};
  made.shard_bytes = 1024;
  made.key.fill()[0] = std::byte{1};
  made.max_frame_bytes = 1 << 20;
  return made;
}

std::vector<std::byte> picture(std::size_t bytes, unsigned seed) {
  std::vector<std::byte> made(bytes);
  SeededRng rng(seed);
  rng.fill(made);
  return made;
}

class MediaSessionsTest : public ::testing::Test {
 protected:
  MediaSessionsTest()
      : host_(*HostMedia::open(config(), std::make_unique<ListLink>(down_, up_))),
        client_(*ClientMedia::open(config(), std::make_unique<ListLink>(up_, down_), clock_)) {}

  void submit(const std::vector<std::byte>& sent, std::uint32_t flags = 1) {
    EXPECT_EQ(host_->submit(sent, WireTime(Nanos(5)), flags), Submitted::sent);
  }
  void expect_arrives(const std::vector<std::byte>& sent) {
    const auto* frame = client_->poll_frame();
    ASSERT_NE(frame, nullptr);
    ASSERT_EQ(frame->bytes.size(), sent.size());
    EXPECT_EQ(std::memcmp(frame->bytes.data(), sent.data(), sent.size()), 0);
    EXPECT_EQ(frame->pts, WireTime(Nanos(5)));
  }

  SystemClock clock_;
  Packets down_, up_;
  std::unique_ptr<HostMedia> host_;
  std::unique_ptr<ClientMedia> client_;
};

TEST_F(MediaSessionsTest, RecoverWhatParityCoversInAnyOrder) {
  SeededRng rng(4);
  for (unsigned round = 0; round < 20; ++round) {
    const auto sent = picture(1 + rng.below(200'000), round);
    submit(sent);
    for (std::size_t i = down_.size(); i-- > 1;) std::swap(down_[i], down_[rng.below(i + 1)]);
    down_.pop_front();  // every block has one shard of parity at least
    expect_arrives(sent);
    while (client_->poll_frame() != nullptr) ADD_FAILURE() << "a frame came twice";
  }
  EXPECT_GT(client_->door().counters().recovered_shards, 0u);
}

TEST_F(MediaSessionsTest, GiveUpAFrameThatLostTooMuchAndGoOn) {
  submit(picture(50'000, 1));
  down_.resize(10);
  EXPECT_EQ(client_->poll_frame(), nullptr);
  for (unsigned i = 0; i < 70; ++i) {  // more than the window holds
    const auto next = picture(3'000, i);
    submit(next);
    expect_arrives(next);
  }
  EXPECT_EQ(client_->door().counters().frames_dropped, 1u);
  EXPECT_EQ(client_->door().counters().frames_completed, 70u);
}

TEST_F(MediaSessionsTest, CountProbeFramesApart) {
  submit(picture(10, 1));
  submit(picture(10, 2), message::frame_flags::kProbe);
  submit(picture(10, 3));
  std::vector<std::uint64_t> ids;
  while (const auto* frame = client_->poll_frame()) ids.push_back(value(frame->id));
  EXPECT_EQ(ids, (std::vector<std::uint64_t>{0, 0, 1}));
}

TEST_F(MediaSessionsTest, DecideThemselvesHowPacketsAreCut) {
  const auto sent = picture(200'000, 1);  // several blocks
  submit(sent, 1 | message::frame_flags::kSliceStream);
  expect_arrives(sent);
}

TEST_F(MediaSessionsTest, CarryInputAndPassOverWhatIsNone) {
  const message::InputEvent event{
      .kind = message::InputKind::text_input, .code = 0x1F600, .x = -1, .y = 1, .flags = 9};
  EXPECT_TRUE(client_->send_input(event));
  const auto sealed = up_.front();
  up_.push_back(sealed);  // replayed
  up_.push_back(picture(42, 1));
  up_.push_back({});
  EXPECT_TRUE(client_->send_input(event));
  EXPECT_EQ(host_->poll_input(), event);
  EXPECT_EQ(host_->poll_input(), event);
  EXPECT_EQ(host_->poll_input(), std::nullopt);
  EXPECT_EQ(host_->door().counters().packets_received, 5u);
  EXPECT_EQ(host_->door().counters().packets_dropped, 3u);
}

TEST_F(MediaSessionsTest, SpendABoundedTimeOnAFlood) {
  for (int i = 0; i < 10'000; ++i) down_.push_back(picture(30, 1));
  EXPECT_EQ(client_->poll_frame(), nullptr);
  EXPECT_LT(client_->door().counters().packets_received, 5'000u);
  const auto sent = picture(100, 2);
  submit(sent);
  while (!down_.empty() && client_->poll_frame() == nullptr) {
  }
  EXPECT_EQ(client_->door().counters().frames_completed, 1u);
}

TEST_F(MediaSessionsTest, RefuseWhatTheConfigDoesNotAllow) {
  EXPECT_EQ(host_->submit(picture((1 << 20) + 1, 1), {}, 1), Submitted::too_large);
  EXPECT_TRUE(down_.empty());
  MediaConfig wide = config();
  wide.fec.max_data_per_block = 40'000;  // 70 % of 40 000 are more than the field has points for
  wide.fec.percent = 60;
  wide.shard_bytes = 2;
  auto host = *HostMedia::open(wide, std::make_unique<ListLink>(down_, up_));
  EXPECT_EQ(host->submit(picture(80'000, 1), {}, 1), Submitted::unprotectable);
  EXPECT_TRUE(down_.empty());
}

TEST(LoopbackLink, DropsEveryNthPacketAndRefusesWhatDoesNotFit) {
  auto ends = LoopbackLink::make({.queue_bytes = 1024, .host_drop_period = 3});
  std::vector<std::byte> memory = picture(9 * 100, 1);
  EXPECT_EQ(ends.host->send({.base = memory.data(), .count = 9, .stride = 100}).refused_packets,
            0u);
  std::array<MutableBytes, 16> into;
  ASSERT_EQ(ends.client->receive(into), 6u);
  EXPECT_EQ(std::memcmp(into[5].data(), memory.data() + 700, 100), 0);
  EXPECT_EQ(ends.client->receive(into), 0u);
  std::vector<std::byte> flood = picture(100 * 100, 2);
  const auto sent = ends.client->send({.base = flood.data(), .count = 100, .stride = 100});
  EXPECT_GT(sent.refused_packets, 80u);
  ASSERT_EQ(ends.host->receive(into), 100 - sent.refused_packets);
}

TEST(LoopbackLink, KeepsOrderAndBytesHoweverOftenItsRingWraps) {
  auto ends = LoopbackLink::make({.queue_bytes = 4096});
  SeededRng rng(6);
  std::deque<std::vector<std::byte>> under_way;
  std::array<MutableBytes, 3> into;
  for (unsigned round = 0; round < 5'000; ++round) {
    auto packet = picture(1 + rng.below(300), round);
    const PacketRun run{
        .base = packet.data(), .count = 1, .stride = static_cast<std::uint16_t>(packet.size())};
    if (rng.below(2) == 0 && ends.host->send(run).refused_packets == 0) under_way.push_back(packet);
    if (rng.below(3) != 0) continue;
    const std::size_t count = ends.client->receive(into).value_or(0);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_TRUE(std::equal(into[i].begin(), into[i].end(), under_way.front().begin(),
                             under_way.front().end()));
      under_way.pop_front();
    }
  }
}

void expect_nothing_from_the_heap(const MediaConfig& config) {
  const SystemClock clock;
  auto ends = LoopbackLink::make({.host_drop_period = 6});
  const auto host = *HostMedia::open(config, std::move(ends.host));
  const auto client = *ClientMedia::open(config, std::move(ends.client), clock);
  const auto sent = picture(150'000, 1);
  std::uint64_t after_warm_up = 0;
  int frames = 0;
  for (int round = 0; round < 100; ++round) {
    const testing::AllocationCount count;
    host->submit(sent, {}, 1);
    frames += client->poll_frame() != nullptr ? 1 : 0;
    client->send_input({});
    while (host->poll_input()) {
    }
    if (round > 10) after_warm_up += count.now();
  }
  EXPECT_EQ(frames, 100);
  EXPECT_GT(client->door().counters().recovered_shards, 0u);
  EXPECT_EQ(after_warm_up, 0u);
}

TEST(MediaSessions, TakeNothingFromTheHeapOnceTheyRun) {
  expect_nothing_from_the_heap(config(message::FecScheme::gf16));
  expect_nothing_from_the_heap(config(message::FecScheme::gf8));
}

TEST(MediaSessions, RefuseBlocksThatTheFieldHasNoPointsFor) {
  MediaConfig wide = config(message::FecScheme::gf8);
  wide.fec.max_data_per_block = 255;
  EXPECT_TRUE(check(wide));
  wide.fec.max_data_per_block = 256;
  EXPECT_FALSE(check(wide));
  wide.fec.scheme = message::FecScheme::gf16;
  EXPECT_TRUE(check(wide));
}

TEST(UdpLink, HearsItsPeerAndNobodyElse) {
  const SystemClock clock;
  const auto peer = *net::UdpPort::open(Endpoint::loopback(0), clock, {});
  const auto stranger = *net::UdpPort::open(Endpoint::loopback(0), clock, {});
  const auto link = *UdpLink::open(Endpoint::loopback(0), peer->local(), clock);
  std::array<std::byte, 10> packet{};
  const PacketRun run{.base = packet.data(), .count = 1, .stride = packet.size()};
  for (int i = 0; i < 100; ++i) stranger->send(run, link->local());
  packet[0] = std::byte{7};
  peer->send(run, link->local());
  std::array<MutableBytes, 8> into;
  std::size_t count = 0;
  for (const LocalTime until = clock.now() + seconds(5); count == 0 && clock.now() < until;) {
    count = link->receive(into).value_or(0);
  }
  ASSERT_EQ(count, 1u);
  EXPECT_EQ(into[0][0], std::byte{7});
  EXPECT_FALSE(link->send(run).broken);
}

}  // namespace
}  // namespace pf::endpoint
