#include "core/endpoint/media_receiver.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "core/runtime/system_clock.h"
#include "core/video/block_codec.h"
#include "core/video/frame_sealer.h"
#include "core/video/packetiser.h"
#include "core/wire/v1/packet_header.h"

namespace pf::endpoint {
namespace {

constexpr Nanos kPatience = seconds(30);  // only a failing test waits so long
constexpr std::uint8_t kFecPercent = 25;
constexpr std::uint16_t kDataPerBlock = 200;  // fits both fields with its parity

message::Welcome welcome_of(std::uint16_t media_port, message::FecScheme scheme) {
  message::Welcome welcome{
      .media_port = media_port,
      .mode = {{1280, 720}, {60, 1}},
      .fec = {.scheme = scheme, .percent = kFecPercent, .max_data_per_block = kDataPerBlock},
      .bitrate_kbps = 20'000};
  SystemRng rng;
  rng.fill(welcome.keys.aes128.fill());
  rng.fill(welcome.keys.salt);
  return welcome;
}

// A host's sending half over a real socket, one frame at a time, whose packets a test may treat
// badly.
class SendingHost {
 public:
  message::Welcome& welcome() { return welcome_; }
  SendingHost(const Clock& clock, message::FecScheme scheme)
      : port_(*net::UdpPort::open(Endpoint::loopback(0), clock, {})),
        welcome_(welcome_of(port_->local().port(), scheme)) {}

  const message::Welcome& welcome() const { return welcome_; }
  Endpoint address() const { return port_->local(); }
  net::UdpPort& port() { return *port_; }

  // Where the client punches from.
  Endpoint wait_for_punch() {
    net::Datagram datagram;
    Doorbell bell;
    const std::size_t count = port_->receive({&datagram, 1}, bell, kPatience);
    EXPECT_EQ(count, 1u);
    return count == 1 ? datagram.source : Endpoint();
  }

  // The sealed packets of the next frame, data first.
  std::vector<std::vector<std::byte>> make_frame(Bytes access_unit, bool idr,
                                                 std::uint32_t other_flags = 0) {
    EXPECT_TRUE(packetiser_.begin(
        {.id = next_id_,
         .pts = WireTime(milliseconds(16) * static_cast<int>(value(next_id_) + 1)),
         .flags = message::frame_flags::kPicture | (idr ? message::frame_flags::kKeyFrame : 0) |
                  other_flags},
        kFecPercent));
    EXPECT_TRUE(packetiser_.add(access_unit));
    next_id_ = next(next_id_);
    std::vector<std::byte> memory;
    const PacketRun run = video::all_packets(batches_, packetiser_.finish(), memory);
    std::vector<std::vector<std::byte>> packets;
    for (std::uint32_t i = 0; i < run.count; ++i) {
      packets.emplace_back(run.packet(i).begin(), run.packet(i).end());
    }
    arena_.release_oldest();
    return packets;
  }

  void send(std::vector<std::byte> packet, const Endpoint& to) {
    port_->send(
        {.base = packet.data(), .count = 1, .stride = static_cast<std::uint16_t>(packet.size())},
        to);
  }

 private:
  video::Packetiser::Params params() const {
    return {
        .shard_bytes = 1408, .max_frame_bytes = 1 << 20, .rules = video::block_rules(welcome_.fec)};
  }
  std::unique_ptr<net::UdpPort> port_;
  message::Welcome welcome_;
  video::PacketArena arena_{std::size_t{8} << 20};
  video::Packetiser packetiser_{params(), arena_};
  std::unique_ptr<fec::FecCodec> codec_ = video::make_block_codec(
      welcome_.fec.scheme, wire::v1::packet_limits(welcome_.fec, 1408, 1 << 20));
  crypto::Sealer sealer_{crypto::KeySource::aes128_gcm(welcome_.keys.aes128, welcome_.keys.salt,
                                                       crypto::Direction::host_to_client),
                         wire::v1::sealed_packets(welcome_.fec.scheme)};
  video::FrameSealer batches_{wire::v1::sealed_packets(welcome_.fec.scheme),
                              &sealer_,
                              *codec_,
                              {.data_count = welcome_.fec.max_data_per_block}};
  FrameId next_id_{};
};

class MediaReceiverTest : public ::testing::TestWithParam<message::FecScheme> {
 protected:
  void SetUp() override { open(); }
  void open() {
    receiver_.reset();
    auto opened =
        MediaReceiver::open(host_.address(), host_.welcome(), control_bell_, board_, clock_);
    ASSERT_TRUE(opened) << opened.error().what;
    receiver_ = *std::move(opened);
    client_ = host_.wait_for_punch();
  }

  static std::vector<std::byte> picture(std::size_t bytes, unsigned seed) {
    std::vector<std::byte> made(bytes);
    SeededRng rng(seed);
    rng.fill(made);
    return made;
  }
  // The next access unit, which must be exactly `sent`.
  void expect_arrives(const std::vector<std::byte>& sent) {
    const auto unit = receiver_->take(kPatience);
    ASSERT_TRUE(unit);
    ASSERT_EQ(unit->bytes.size(), sent.size());
    EXPECT_EQ(std::memcmp(unit->bytes.data(), sent.data(), sent.size()), 0);
  }
  // Statistics are published a moment after the access unit they count.
  template <class Condition>
  void expect_soon(Condition condition) {
    for (const LocalTime until = clock_.now() + kPatience; !condition(receiver_->stats());) {
      ASSERT_LT(clock_.now(), until);
      control_bell_.wait(milliseconds(1));
    }
  }
  template <class News>
  News wait_for_news() {
    for (const LocalTime until = clock_.now() + kPatience; clock_.now() < until;) {
      while (auto news = receiver_->poll_news()) {
        if (auto* wanted = std::get_if<News>(&*news)) return *wanted;
      }
      control_bell_.wait(milliseconds(100));
    }
    ADD_FAILURE() << "no such news";
    return {};
  }

  SystemClock clock_;
  HealthBoard board_;
  Doorbell control_bell_;
  SendingHost host_{clock_, GetParam()};
  std::unique_ptr<MediaReceiver> receiver_;
  Endpoint client_;
};

TEST_P(MediaReceiverTest, DeliversFramesAndRecoversWhatParityCovers) {
  const auto whole = picture(20'000, 1);
  for (auto& packet : host_.make_frame(whole, true)) host_.send(packet, client_);
  expect_arrives(whole);

  const auto damaged = picture(400'000, 2);  // two blocks
  auto packets = host_.make_frame(damaged, false);
  packets.erase(packets.begin() + 3, packets.begin() + 6);
  for (auto& packet : packets) host_.send(packet, client_);
  expect_arrives(damaged);
  expect_soon([&](const ReceiveStats& stats) { return stats.recovered_shards == 3; });
}

TEST_P(MediaReceiverTest, IsNotMovedByGarbageTruncationReplayOrStrangers) {
  const auto first = picture(10'000, 1);
  const auto packets = host_.make_frame(first, true);
  SeededRng rng(3);
  const auto stranger = *net::UdpPort::open(Endpoint::loopback(0), clock_, {});
  for (const auto& packet : packets) {
    auto truncated = packet;
    truncated.resize(rng.below(packet.size()) + 1);
    host_.send(truncated, client_);
    auto forged = packet;
    forged[rng.below(forged.size())] ^= std::byte{1};
    host_.send(forged, client_);
    host_.send(packet, client_);
    host_.send(packet, client_);  // replayed
    auto copy = packet;
    stranger->send(
        {.base = copy.data(), .count = 1, .stride = static_cast<std::uint16_t>(copy.size())},
        client_);
  }
  expect_arrives(first);
  const auto second = picture(10'000, 2);
  for (auto& packet : host_.make_frame(second, false)) host_.send(packet, client_);
  expect_arrives(second);
  EXPECT_FALSE(receiver_->take(Nanos(0))) << "nothing may come twice";
  expect_soon(
      [&](const ReceiveStats& stats) { return stats.rejected_packets >= 3 * packets.size(); });
}

TEST_P(MediaReceiverTest, TellsALossAndShowsNothingThatDependsOnIt) {
  const auto first = picture(10'000, 1);
  for (auto& packet : host_.make_frame(first, true)) host_.send(packet, client_);
  expect_arrives(first);
  host_.make_frame(picture(10'000, 2), false);  // never sent
  for (auto& packet : host_.make_frame(picture(10'000, 3), false)) host_.send(packet, client_);
  const auto gap = wait_for_news<control::FrameGap>();
  EXPECT_EQ(gap.first_frame, 1u);
  EXPECT_EQ(gap.last_frame, 1u);
  const auto refresh = picture(10'000, 4);
  for (auto& packet : host_.make_frame(refresh, true)) host_.send(packet, client_);
  expect_arrives(refresh);
  EXPECT_TRUE(wait_for_news<control::FrameArrived>().keyframe);
}

TEST_P(MediaReceiverTest, AsksForHelpWhenTheDecoderStaysSilent) {
  for (unsigned i = 0; i < 3; ++i) {
    for (auto& packet : host_.make_frame(picture(1'000, i), i == 0)) host_.send(packet, client_);
    ASSERT_TRUE(receiver_->take(kPatience));
    receiver_->decoded(false);
  }
  wait_for_news<control::DecoderStumbled>();
}

TEST_P(MediaReceiverTest, ShowsPicturesWithHolesWhereTheCodecBearsThem) {
  host_.welcome().codec = message::VideoCodec::pyrowave;
  open();
  auto sent = picture(50 * 1408, 1);
  for (unsigned i = 0; i < 4; ++i) {  // every picture loses more than its parity covers
    auto packets = host_.make_frame(sent, false, message::frame_flags::kChunkAligned);
    packets.erase(packets.begin() + 10, packets.begin() + 30);
    for (auto& packet : packets) host_.send(packet, client_);
  }
  std::fill_n(sent.begin() + 10 * 1408, 20 * 1408, std::byte{0});
  const auto unit = receiver_->take(kPatience);
  ASSERT_TRUE(unit);
  EXPECT_EQ(unit->id, FrameId{0});
  EXPECT_FALSE(unit->whole);
  ASSERT_EQ(unit->bytes.size(), sent.size());
  EXPECT_EQ(std::memcmp(unit->bytes.data(), sent.data(), sent.size()), 0);

  const auto next = picture(50'000, 2);
  for (auto& packet : host_.make_frame(next, false, message::frame_flags::kChunkAligned))
    host_.send(packet, client_);
  while (const auto shown = receiver_->take(kPatience)) {
    if (!shown->whole) continue;
    EXPECT_EQ(shown->id, FrameId{4});
    break;
  }
}

INSTANTIATE_TEST_SUITE_P(Fields, MediaReceiverTest,
                         ::testing::Values(message::FecScheme::gf8, message::FecScheme::gf16),
                         [](const auto& field) {
                           return field.param == message::FecScheme::gf8 ? "Gf8" : "Gf16";
                         });

}  // namespace
}  // namespace pf::endpoint
