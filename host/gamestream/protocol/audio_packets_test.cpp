#include "host/gamestream/protocol/audio_packets.h"

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::gamestream {
namespace {

using testing::unhex;

std::vector<std::string> stream_of(AudioPackets& packets, const nlohmann::json& payloads) {
  std::vector<std::string> datagrams;
  for (const auto& payload : payloads) {
    for (const Bytes datagram : packets.add(unhex(payload))) datagrams.push_back(to_hex(datagram));
  }
  return datagrams;
}

class AudioPacketsTest : public ::testing::Test {
 protected:
  const nlohmann::json vector = testing::load_vectors("gamestream.json").at("audio_stream");
  AudioPacketParams params{.packet_duration_ms = vector.at("packet_duration_ms"),
                           .opus_bytes = unhex(vector.at("opus_payloads").at(0)).size()};
};

TEST_F(AudioPacketsTest, AreTheBytesThatAStockClientPlayed) {
  AudioPackets packets(params);
  EXPECT_EQ(stream_of(packets, vector.at("opus_payloads")), vector.at("plain_datagrams"));
}

TEST_F(AudioPacketsTest, AreEncryptedUnderANegativeKeyId) {
  const auto key = unhex(vector.at("rikey"));
  params.encryption = {.key = Secret<16>(std::span<const std::byte, 16>(key.data(), 16)),
                       .key_id = static_cast<std::uint32_t>(vector.at("rikeyid").get<int>())};
  AudioPackets packets(params);
  EXPECT_EQ(stream_of(packets, vector.at("opus_payloads")), vector.at("encrypted_datagrams"));
}

}  // namespace
}  // namespace pf::gamestream
