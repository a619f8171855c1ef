#include "client/gamestream/protocol/audio_depacketiser.h"

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::gamestream_client {
namespace {

using testing::unhex;

class AudioDepacketiserTest : public ::testing::Test {
 protected:
  const nlohmann::json vector = testing::load_vectors("gamestream.json").at("audio_stream");

  AudioDepacketiser::Params plain() const { return {}; }
  AudioDepacketiser::Params encrypted() const {
    const auto key = unhex(vector.at("rikey"));
    return {.packet_ms = 5,
            .key = Secret<16>(std::span(key).first<16>()),
            .key_id = vector.at("rikeyid").get<std::int32_t>()};
  }
  static std::vector<std::string> drain(AudioDepacketiser& audio) {
    std::vector<std::string> packets;
    while (const auto packet = audio.next())
      packets.push_back(packet->opus.empty() ? "lost" : to_hex(packet->opus));
    return packets;
  }
  std::vector<std::string> expected() const {
    return vector.at("opus_payloads").get<std::vector<std::string>>();
  }
};

TEST_F(AudioDepacketiserTest, GivesThePacketsOfTheVectors) {
  for (const bool sealed : {false, true}) {
    AudioDepacketiser audio(sealed ? encrypted() : plain());
    for (const auto& one : vector.at(sealed ? "encrypted_datagrams" : "plain_datagrams"))
      audio.take(unhex(one));
    EXPECT_EQ(drain(audio), expected());
    EXPECT_EQ(audio.counts().packets, 8u);
    EXPECT_EQ(audio.counts().parity, 4u);
    EXPECT_EQ(audio.counts().wrong_timestamps + audio.counts().wrong_sizes, 0u);
  }
}

TEST_F(AudioDepacketiserTest, RecoversAnyTwoOfABlock) {
  const auto& sent = vector.at("encrypted_datagrams");
  for (std::size_t a = 6; a < 12; ++a) {
    for (std::size_t b = 6; b < a; ++b) {
      AudioDepacketiser audio(encrypted());
      for (std::size_t i = 0; i < sent.size(); ++i) {
        if (i != a && i != b) audio.take(unhex(sent[i]));
      }
      EXPECT_EQ(drain(audio), expected()) << a << " " << b;
      EXPECT_EQ(audio.counts().lost, 0u);
    }
  }
}

TEST_F(AudioDepacketiserTest, GivesUpOnABlockWhenALaterOneIsUnderWay) {
  const auto& sent = vector.at("plain_datagrams");
  AudioDepacketiser audio(plain());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    if (i < 1 || i > 3) audio.take(unhex(sent[i]));
  }
  auto packets = expected();
  packets[1] = packets[2] = packets[3] = "lost";
  EXPECT_EQ(drain(audio), packets);
  EXPECT_EQ(audio.counts().lost, 3u);
}

TEST_F(AudioDepacketiserTest, NoticesWhatTripsStockClients) {
  const auto& sent = vector.at("plain_datagrams");
  AudioDepacketiser audio(plain());
  auto late_stamp = unhex(sent[1]);
  late_stamp[7] = std::byte{240};
  auto longer = unhex(sent[2]);
  longer.push_back(std::byte{1});
  audio.take(unhex(sent[0]));
  audio.take(late_stamp);
  audio.take(longer);
  audio.take(unhex(sent[0]));
  audio.take(unhex("80610000"));
  EXPECT_EQ(audio.counts().wrong_timestamps, 1u);
  EXPECT_EQ(audio.counts().wrong_sizes, 1u);
  EXPECT_EQ(audio.counts().late, 1u);
  EXPECT_EQ(audio.counts().rejected, 1u);
}

TEST_F(AudioDepacketiserTest, JoinsTheStreamWhereABlockBegins) {
  const auto& sent = vector.at("plain_datagrams");
  AudioDepacketiser audio(plain());
  for (std::size_t i = 1; i < sent.size(); ++i) audio.take(unhex(sent[i]));
  EXPECT_EQ(drain(audio).size(), 4u);
  EXPECT_EQ(audio.counts().lost, 0u);
}

}  // namespace
}  // namespace pf::gamestream_client
