#include <gtest/gtest.h>

#include "client/gamestream/protocol/rtsp_conversation.h"
#include "testing/vectors.h"

namespace pf::gamestream_client {
namespace {

using testing::unhex;

class RtspClientTest : public ::testing::Test {
 protected:
  const nlohmann::json vectors = testing::load_vectors("gamestream.json").at("rtsp");
  const SessionUrl url{"rtspenc://192.168.1.20:48010", "192.168.1.20", 48010, true};
  StreamWish wish{.mode = {{1920, 1080}, {60, 1}}, .bitrate_kbps = 20'000, .encryption = 7};

  std::string text(const char* name) const { return vectors.at(name).get<std::string>(); }
  Secret<16> key() const {
    const auto bytes = unhex(vectors.at("rikey"));
    return Secret<16>(std::span(bytes).first<16>());
  }
  static std::string setup(int cseq, const std::string& rest) {
    return "RTSP/1.0 200 OK\r\nCSeq: " + std::to_string(cseq) +
           "\r\nSession: DEADBEEFCAFE;timeout = 90\r\n" + rest + "\r\n";
  }
  // Up to the ANNOUNCE.
  void describe(RtspConversation& talk) {
    ASSERT_EQ(talk.request(), text("request_plain"));
    ASSERT_TRUE(talk.answer(text("response_plain")));
    ASSERT_TRUE(talk.answer(text("describe_response_plain")));
    ASSERT_TRUE(talk.answer(text("setup_audio_response_plain")));
    ASSERT_TRUE(talk.answer(
        setup(4, "Transport: server_port=47998\r\nX-SS-Ping-Payload: FEDCBA9876543210\r\n")));
    ASSERT_TRUE(talk.answer(text("setup_control_response_plain")));
  }
};

TEST_F(RtspClientTest, SealsAndOpensAsTheVectorsSay) {
  RtspSeal seal(key());
  EXPECT_EQ(to_hex(seal.seal(text("request_plain"))), vectors.at("request_wire"));
  auto wire = unhex(vectors.at("response_wire"));
  const auto opened = RtspSeal(key()).open(wire);
  ASSERT_TRUE(opened) << opened.error().what;
  EXPECT_EQ(*opened, text("response_plain"));
  for (std::size_t i = 0; i < wire.size(); ++i) {
    auto damaged = wire;
    damaged[i] ^= std::byte{1};
    EXPECT_FALSE(RtspSeal(key()).open(damaged)) << i;
  }
  RtspSeal again(key());
  EXPECT_TRUE(again.open(wire));
  EXPECT_FALSE(again.open(wire));
  wire.push_back(std::byte{0});
  EXPECT_FALSE(RtspSeal(key()).open(wire));
}

TEST_F(RtspClientTest, SaysSevenThingsInTheirOrder) {
  RtspConversation talk(wish, url);
  describe(talk);
  const StreamGrant& grant = talk.grant();
  EXPECT_EQ(grant.session, "DEADBEEFCAFE");
  EXPECT_EQ(grant.audio_ping, "0123456789ABCDEF");
  EXPECT_EQ(grant.video_ping, "FEDCBA9876543210");
  EXPECT_EQ(grant.connect_data, 305419896u);
  EXPECT_EQ(grant.encryption, 7u);
  EXPECT_EQ(grant.packet_size, 1360);
  EXPECT_TRUE(grant.invalidates_references);
  const std::string announce = *talk.request();
  EXPECT_EQ(announce.find("ANNOUNCE streamid=control/13/0 RTSP/1.0\r\nCSeq: 6\r\n"), 0u);
  EXPECT_NE(announce.find("\r\nSession: DEADBEEFCAFE\r\n"), std::string::npos);
  ASSERT_TRUE(talk.answer("RTSP/1.0 200 OK\r\nCSeq: 6\r\n\r\n"));
  EXPECT_EQ(talk.request()->find("PLAY / RTSP/1.0\r\nCSeq: 7\r\n"), 0u);
  ASSERT_TRUE(talk.answer("RTSP/1.0 200 OK\r\nCSeq: 7\r\n\r\n"));
  EXPECT_FALSE(talk.request());
}

TEST_F(RtspClientTest, AnnouncesWhatAStockClientDoes) {
  RtspConversation talk(wish, url);
  describe(talk);
  StreamGrant grant = talk.grant();
  grant.invalidates_references = false;
  std::string expected = vectors.at("announce_example").at("body");
  const auto put = [&](const std::string& from, const std::string& to) {
    expected.replace(expected.find(from), from.size(), to);
  };
  put("clientSupportHevc:1", "clientSupportHevc:0");
  put("bitStreamFormat:1", "bitStreamFormat:0");  // the example's codec is not ours
  EXPECT_EQ(write_announcement(wish, grant, url.host), expected);
}

TEST_F(RtspClientTest, EncryptsWhatTheHostAsksForAndOffers) {
  wish.encryption = 0;
  RtspConversation least(wish, url);
  describe(least);
  EXPECT_EQ(least.grant().encryption, kEncryptControlV2);
  EXPECT_EQ(least.grant().packet_size, 1392);
  wish.control_v2 = false;
  RtspConversation legacy(wish, url);
  describe(legacy);
  EXPECT_EQ(legacy.grant().encryption, 0u);
}

TEST_F(RtspClientTest, ChecksThatSurroundChannelsComeFromTheirSpeakers) {
  const auto described = [&](std::uint8_t channels, bool high, const std::string& description) {
    wish.channel_count = channels;
    wish.high_quality_sound = high;
    RtspConversation talk(wish, url);
    EXPECT_TRUE(talk.answer(text("response_plain")));
    const auto answered = talk.answer(description);
    return answered ? std::to_string(talk.grant().opus_streams) + "/" +
                          std::to_string(talk.grant().opus_coupled)
                    : answered.error().what;
  };
  const std::string description = text("describe_response_plain");
  EXPECT_EQ(described(6, false, description), "4/2");
  EXPECT_EQ(described(6, true, description), "6/0");
  EXPECT_EQ(described(8, false, description), "5/3");
  EXPECT_EQ(described(8, true, description), "8/0");
  std::string rotated_wrongly = description;
  rotated_wrongly.replace(rotated_wrongly.find("85301245673"), 11, "85301245367");
  EXPECT_EQ(described(8, false, rotated_wrongly),
            "the host's RTSP answer maps channels to wrong speakers");
  EXPECT_EQ(described(8, true, "RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\nx"),
            "the host's RTSP answer offers no such surround sound");
}

TEST_F(RtspClientTest, AsksForSimpleStereoByAddress) {
  wish.high_quality_sound = false;
  const RtspConversation talk(wish, url);
  EXPECT_EQ(*talk.request(),
            "OPTIONS rtsp://0.0.0.0:48010 RTSP/1.0\r\nCSeq: 1\r\nX-GS-ClientVersion: 14\r\nHost: "
            "0.0.0.0\r\n\r\n");
}

TEST_F(RtspClientTest, ReadsNoAnswerThatStockClientsCannot) {
  const auto reads = [](const char* answer) { return bool(parse_rtsp_answer(answer, 1)); };
  EXPECT_TRUE(reads("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"));
  EXPECT_FALSE(reads("RTSP/1.0 200 OK\r\n\r\n"));
  EXPECT_FALSE(reads("RTSP/1.0 200\r\nCSeq: 1\r\n\r\n"));
  EXPECT_FALSE(reads("RTSP/1.0 200 OK\r\nCSeq:1\r\n\r\n"));
  EXPECT_FALSE(reads("RTSP/1.0 200 OK\r\nCSeq:  1\r\n\r\n"));
  EXPECT_FALSE(reads("RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n"));
  EXPECT_FALSE(reads("RTSP/1.0 200 OK\r\ncseq: 1\r\n\r\n"));
  EXPECT_FALSE(reads("RTSP/1.0 200 OK\r\nCSeq: 1\r\n"));
  EXPECT_FALSE(reads("RTSP/1.0 200 OK\nCSeq: 1\n\n"));
  EXPECT_FALSE(reads("HTTP/1.1 200 OK\r\nCSeq: 1\r\n\r\n"));
  EXPECT_EQ(parse_rtsp_answer("RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n", 1).error().os_code, 404);
}

TEST_F(RtspClientTest, WantsPingPayloadsOfSixteenCharacters) {
  RtspConversation talk(wish, url);
  ASSERT_TRUE(talk.answer(text("response_plain")));
  ASSERT_TRUE(talk.answer(text("describe_response_plain")));
  EXPECT_FALSE(
      talk.answer(setup(3, "Transport: server_port=1\r\nX-SS-Ping-Payload: 0123456789ABCDE\r\n")));
  EXPECT_FALSE(talk.answer(setup(3, "X-SS-Ping-Payload: 0123456789ABCDEF\r\n")));
}

}  // namespace
}  // namespace pf::gamestream_client
