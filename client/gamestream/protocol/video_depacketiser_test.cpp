#include "client/gamestream/protocol/video_depacketiser.h"

#include <gtest/gtest.h>

#include "client/gamestream/protocol/h264_key_frame.h"
#include "client/gamestream/protocol/video_opener.h"
#include "core/crypto/sha256.h"
#include "testing/vectors.h"

namespace pf::gamestream_client {
namespace {

using testing::unhex;
using Packet = std::vector<std::byte>;
constexpr std::uint16_t kPacketSize = 64;

class VideoDepacketiserTest : public ::testing::Test {
 protected:
  const nlohmann::json all = testing::load_vectors("gamestream.json");

  std::vector<Packet> packets(std::size_t frame) const {
    std::vector<Packet> made;
    for (const auto& one : all.at("video_frames").at("frames").at(frame).at("datagrams"))
      made.push_back(unhex(one));
    return made;
  }
  std::string access_unit(std::size_t frame) const {
    return all.at("video_frames").at("frames").at(frame).at("access_unit");
  }
  static std::optional<VideoFrame> feed(VideoDepacketiser& video,
                                        const std::vector<Packet>& packets,
                                        const std::vector<std::size_t>& without = {}) {
    std::optional<VideoFrame> whole;
    for (std::size_t i = 0; i < packets.size(); ++i) {
      if (std::find(without.begin(), without.end(), i) != without.end()) continue;
      if (auto frame = video.take(packets[i], LocalTime(milliseconds(i)))) whole = std::move(frame);
    }
    return whole;
  }
  // The second frame of the vectors as one of any number: its parity does not cover that.
  std::vector<Packet> predicted(std::uint32_t index, std::uint16_t first_sequence,
                                std::uint8_t kind = 1) const {
    auto made = packets(1);
    // One block of two data packets; with another kind in the first its parity would not fit.
    for (std::size_t i = 0; i < made.size(); ++i) {
      detail::store(made[i].data() + 2, static_cast<std::uint16_t>(first_sequence + i), true);
      detail::store(made[i].data() + 16, static_cast<std::uint32_t>(first_sequence + i) << 8,
                    false);
      detail::store(made[i].data() + 20, index, false);
    }
    made[0][35] = std::byte{kind};
    made.resize(2);
    return made;
  }
  template <class Wish>
  static std::vector<Wish> wishes(VideoDepacketiser& video) {
    std::vector<Wish> found;
    while (const auto wish = video.next_wish()) {
      if (std::holds_alternative<Wish>(*wish)) found.push_back(std::get<Wish>(*wish));
    }
    return found;
  }
};

TEST_F(VideoDepacketiserTest, GivesTheAccessUnitsOfTheVectors) {
  VideoDepacketiser video(kPacketSize, false);
  const auto key = feed(video, packets(0));
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(key->access_unit), access_unit(0));
  EXPECT_TRUE(key->key);
  EXPECT_EQ(key->kind, FrameKind::idr);
  EXPECT_EQ(key->host_latency_tenths_ms, 37);
  EXPECT_EQ(key->timestamp_90khz, 90000u);
  const auto next = feed(video, packets(1));
  ASSERT_TRUE(next);
  EXPECT_EQ(to_hex(next->access_unit), access_unit(1));
  EXPECT_FALSE(next->key);
  EXPECT_EQ(video.counts().frames, 2u);
  EXPECT_EQ(video.counts().rejected + video.counts().late, 0u);
  EXPECT_EQ(video.counts().parity, 4u);
  EXPECT_FALSE(video.next_wish());
}

TEST_F(VideoDepacketiserTest, RecoversAnyTwoOfThePacketsOfTheVectors) {
  const auto first = packets(0);
  for (std::size_t a = 0; a < first.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      VideoDepacketiser video(kPacketSize, false);
      const auto frame = feed(video, first, {a, b});
      ASSERT_TRUE(frame) << a << " " << b;
      EXPECT_EQ(to_hex(frame->access_unit), access_unit(0));
      EXPECT_EQ(video.counts().lost_frames, 0u);
    }
  }
}

TEST_F(VideoDepacketiserTest, TellsHowABlockWasRecovered) {
  VideoDepacketiser video(kPacketSize, false);
  ASSERT_TRUE(feed(video, packets(0), {1}));
  EXPECT_EQ(video.counts().recovered, 1u);
  EXPECT_EQ(video.counts().repaired_frames, 1u);
  const auto told = wishes<FecStatus>(video);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].frame_index, 1u);
  EXPECT_EQ(told[0].data_count, 4);
  EXPECT_EQ(told[0].parity_count, 2);
  EXPECT_EQ(told[0].received_data, 3);
  EXPECT_EQ(told[0].received_parity, 1);
  EXPECT_EQ(told[0].next_contiguous, 1);
  EXPECT_EQ(told[0].highest_received, 4);
  EXPECT_EQ(told[0].missing_before_highest, 1);
}

TEST_F(VideoDepacketiserTest, PutsFramesOfSeveralBlocksTogether) {
  const nlohmann::json& vector = all.at("video_multi_fec");
  std::string unit =
      "0000000167640028acd9111213141516"
      "0000000168ebe3cb"
      "0000000165";
  Packet expected = unhex(unit);
  for (unsigned i = 0; i < 24'000; ++i)
    expected.push_back(static_cast<std::byte>(0x81 + i * 7 % 0x60));
  ASSERT_EQ(to_hex(crypto::sha256(expected)), vector.at("access_unit_sha256"));
  // The vectors hold only hashes of these datagrams, so they are made anew from the same rules.
  const std::size_t payload_bytes = kPacketSize - 16;
  Packet payload = unhex("0100000200000000");
  payload.insert(payload.end(), expected.begin(), expected.end());
  detail::store(payload.data() + 4,
                static_cast<std::uint16_t>((payload.size() - 1) % payload_bytes + 1), false);
  payload.resize((payload.size() + payload_bytes - 1) / payload_bytes * payload_bytes);
  const std::size_t all_count = payload.size() / payload_bytes, block_count = 3;
  const std::size_t per_block = (all_count + block_count - 1) / block_count;
  std::vector<Packet> sent;
  std::uint16_t sequence = 0;
  for (std::size_t block = 0; block < block_count; ++block) {
    const std::size_t first = block * per_block;
    const std::size_t count = std::min(per_block, all_count - first);
    const std::size_t parity = (count * 20 + 99) / 100;
    std::vector<std::byte> shards((count + parity) * 80);
    for (std::size_t i = 0; i < count; ++i) {
      std::byte* const at = shards.data() + i * 80;
      detail::store(at + 16, static_cast<std::uint32_t>(sequence + i) << 8, false);
      detail::store(at + 20, std::uint32_t{1}, false);
      at[24] = static_cast<std::byte>(1 | (i == 0 ? 4 : 0) | (i + 1 == count ? 2 : 0));
      at[26] = std::byte{0x10};
      std::copy_n(payload.begin() + static_cast<std::ptrdiff_t>((first + i) * payload_bytes),
                  payload_bytes, at + 32);
    }
    fec::Gf8Codec codec;
    codec.encode({.data = shards.data(),
                  .parity = shards.data() + count * 80,
                  .stride = 80,
                  .shard_bytes = 80,
                  .data_count = static_cast<std::uint16_t>(count),
                  .parity_count = static_cast<std::uint16_t>(parity)});
    for (std::size_t i = 0; i < count + parity; ++i) {
      std::byte* const at = shards.data() + i * 80;
      at[0] = std::byte{0x90};
      detail::store(at + 2, static_cast<std::uint16_t>(sequence++), true);
      detail::store(at + 20, std::uint32_t{1}, false);
      at[27] = static_cast<std::byte>(block << 4 | (block_count - 1) << 6);
      detail::store(at + 28, static_cast<std::uint32_t>(count << 22 | i << 12 | 20 << 4), false);
      sent.emplace_back(at, at + 80);
    }
  }
  VideoDepacketiser video(kPacketSize, false);
  std::vector<std::size_t> lost;
  for (std::size_t i = 3; i < sent.size(); i += 11) lost.push_back(i);
  const auto frame = feed(video, sent, lost);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->access_unit, expected);
  EXPECT_EQ(video.counts().multi_block_frames, 1u);
  EXPECT_GT(video.counts().recovered, 10u);
}

TEST_F(VideoDepacketiserTest, RejectsWhatStockClientsReject) {
  const auto survives = [&](auto change) {
    auto mutated = packets(0);
    for (std::size_t i = 0; i < mutated.size(); ++i) change(mutated[i], i);
    VideoDepacketiser video(kPacketSize, false);
    return feed(video, mutated).has_value();
  };
  EXPECT_TRUE(survives([](Packet&, std::size_t) {}));
  EXPECT_FALSE(survives([](Packet& p, std::size_t) { p[20] = std::byte{0}; }));    // frame 0
  EXPECT_FALSE(survives([](Packet& p, std::size_t) { p[0] = std::byte{0x80}; }));  // no extension
  EXPECT_FALSE(survives([](Packet& p, std::size_t i) {  // sequence from 40 000 on
    detail::store(p.data() + 2, static_cast<std::uint16_t>(40'000 + i), true);
  }));
  EXPECT_FALSE(survives([](Packet& p, std::size_t i) {  // index not shifted
    detail::store(p.data() + 16, static_cast<std::uint32_t>(i), false);
  }));
  EXPECT_FALSE(survives([](Packet& p, std::size_t) { p[24] &= std::byte{0xFB}; }));  // no start
  EXPECT_FALSE(survives([](Packet& p, std::size_t) { p[24] &= std::byte{0xFD}; }));  // no end
  EXPECT_FALSE(survives([](Packet& p, std::size_t i) {  // the long header
    if (i == 0) p[32] = std::byte{0x81};
  }));
  EXPECT_FALSE(survives([](Packet& p, std::size_t) { p.push_back(std::byte{0}); }));
  EXPECT_TRUE(survives([](Packet& p, std::size_t i) {  // the last one without its padding
    if (i == 3) p.resize(32 + 0x2b);
  }));
}

TEST_F(VideoDepacketiserTest, CannotRecoverWithAPercentThatDoesNotTellTheParity) {
  auto sent = packets(1);
  for (Packet& packet : sent) {
    const auto fec = detail::load<std::uint32_t>(packet.data() + 28, false);
    detail::store(packet.data() + 28, (fec & ~0xFF0u) | 20 << 4, false);
  }
  VideoDepacketiser video(kPacketSize, false);
  ASSERT_TRUE(feed(video, packets(0)));
  EXPECT_FALSE(feed(video, sent, {0}));
}

TEST_F(VideoDepacketiserTest, CountsGapsAndAsksForAKeyFrameAtTheNextWholeFrame) {
  VideoDepacketiser video(kPacketSize, false);
  ASSERT_TRUE(feed(video, packets(0)));
  EXPECT_FALSE(feed(video, predicted(4, 20)));
  EXPECT_EQ(video.counts().lost_frames, 2u);
  EXPECT_EQ(wishes<WantIdr>(video).size(), 1u);
  for (std::uint32_t index = 5; index < 10; ++index)
    EXPECT_FALSE(feed(video, predicted(index, static_cast<std::uint16_t>(10 * index))));
  EXPECT_EQ(wishes<WantIdr>(video).size(), 0u);
  EXPECT_EQ(video.counts().withheld_frames, 6u);
}

TEST_F(VideoDepacketiserTest, AsksForInvalidationAndGoesOnWithAFrameThatAnswersIt) {
  VideoDepacketiser video(kPacketSize, true);
  ASSERT_TRUE(feed(video, packets(0)));
  EXPECT_FALSE(feed(video, predicted(4, 20)));
  EXPECT_FALSE(feed(video, predicted(5, 30)));
  const auto asked = wishes<WantInvalidation>(video);
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].first, 2u);
  EXPECT_EQ(asked[0].last, 3u);
  EXPECT_EQ(asked[2].last, 5u);
  EXPECT_TRUE(feed(video, predicted(6, 40, 5)));
  EXPECT_TRUE(feed(video, predicted(7, 50)));
  EXPECT_EQ(video.counts().idr_requests, 0u);
}

TEST_F(VideoDepacketiserTest, APacketOfALaterFrameEndsTheOneBefore) {
  VideoDepacketiser video(kPacketSize, false);
  const auto key = packets(0);
  EXPECT_FALSE(video.take(key[0], {}));
  EXPECT_FALSE(video.take(predicted(2, 6)[0], {}));
  for (std::size_t i = 1; i < key.size(); ++i) EXPECT_FALSE(video.take(key[i], {}));
  EXPECT_EQ(video.counts().lost_frames, 1u);
  EXPECT_EQ(video.counts().late, 3u);
  EXPECT_EQ(video.counts().parity, 2u);
}

TEST_F(VideoDepacketiserTest, OpensEncryptedDatagramsOnce) {
  const nlohmann::json& vector = all.at("video_encrypted");
  const auto key = unhex(vector.at("rikey"));
  const Secret<16> secret(Bytes(key).first<16>());
  VideoOpener opener(secret);
  VideoDepacketiser video(kPacketSize, false);
  bool whole = false;
  for (const auto& one : vector.at("datagrams")) {
    auto datagram = unhex(one);
    auto forged = datagram, again = datagram;
    forged[40] ^= std::byte{1};
    EXPECT_FALSE(opener.open(forged));
    const auto opened = opener.open(datagram);
    ASSERT_TRUE(opened);
    EXPECT_FALSE(opener.open(again));
    if (video.take(*opened, {})) whole = true;
  }
  EXPECT_TRUE(whole);
}

TEST(H264KeyFrame, IsOneOnlyIfItsSliceBeginsInTheFirstPacket) {
  const auto start = [](const char* hex) { return start_of_h264(unhex(hex)); };
  EXPECT_EQ(start("000000016764"
                  "0000000168eb"
                  "00000165aa"),
            FrameStart::key);
  EXPECT_EQ(start("0000000109f0"
                  "0000000106aa"
                  "00000167aa"
                  "00000168aa"
                  "00000165"),
            FrameStart::key);
  EXPECT_EQ(start("000000016764"
                  "0000000168eb"
                  "0000"),
            FrameStart::other);
  EXPECT_EQ(start("0000000165aa"), FrameStart::other);
  EXPECT_EQ(start("0000000141aa"), FrameStart::other);
  EXPECT_EQ(start("41000001"), FrameStart::malformed);
  EXPECT_EQ(start(""), FrameStart::malformed);
}

}  // namespace
}  // namespace pf::gamestream_client
