#include <gtest/gtest.h>

#include "host/gamestream/protocol/rtsp_message.h"
#include "host/gamestream/protocol/rtsp_session.h"
#include "testing/vectors.h"

namespace pf::gamestream {
namespace {

using testing::unhex;

class RtspTest : public ::testing::Test {
 protected:
  const nlohmann::json vectors = testing::load_vectors("gamestream.json").at("rtsp");
  Secret<16> key() const {
    const auto bytes = unhex(vectors.at("rikey"));
    return Secret<16>(std::span<const std::byte, 16>(bytes.data(), 16));
  }
  std::string text(const char* name) const { return vectors.at(name).get<std::string>(); }
  std::string announce() const {
    return vectors.at("announce_example").at("body").get<std::string>();
  }
  Offer everything() const {
    return {.codec_modes = codec_modes::kH264 | codec_modes::kHevcMain | codec_modes::kAv1Main,
            .invalidates_references = true};
  }
  RtspSession session{{.offer = everything(),
                       .ports = {.video = 47998, .control = 47999, .audio = 48000},
                       .ping_payload = "0123456789ABCDEF",
                       .connect_data = 305419896,
                       .name = "DEADBEEFCAFE"}};
  std::string answer(const std::string& request, int cseq) {
    const RtspArrival arrival = parse_rtsp(request + "\r\n\r\n");
    EXPECT_EQ(arrival.state, RtspArrival::State::complete);
    return write_rtsp(session.handle(arrival.request).answer, std::to_string(cseq));
  }
};

TEST_F(RtspTest, OpensAndSealsAsTheClientDoes) {
  RtspSeal seal(key());
  const auto wire = unhex(vectors.at("request_wire"));
  EXPECT_EQ(RtspSeal::sealed_bytes(wire), wire.size());
  EXPECT_EQ(seal.open(wire), text("request_plain"));
  EXPECT_EQ(to_hex(seal.seal(text("response_plain"))), vectors.at("response_wire"));
  for (std::size_t i = 0; i < wire.size(); ++i) {
    auto damaged = wire;
    damaged[i] ^= std::byte{1};
    EXPECT_FALSE(seal.open(damaged)) << i;
  }
  EXPECT_FALSE(RtspSeal::sealed_bytes(as_bytes("OPTIONS rtsp://")));
  EXPECT_FALSE(RtspSeal::sealed_bytes(unhex("ffffffff00000001")));
}

TEST_F(RtspTest, AnswersAsAClientAccepted) {
  EXPECT_EQ(answer("OPTIONS rtsp://10.0.0.1:48010 RTSP/1.0\r\nCSeq: 1", 1), text("response_plain"));
  EXPECT_EQ(answer("DESCRIBE rtsp://10.0.0.1:48010 RTSP/1.0\r\nCSeq: 2", 2),
            text("describe_response_plain"));
  EXPECT_EQ(answer("SETUP streamid=audio/0/0 RTSP/1.0\r\nCSeq: 3", 3),
            text("setup_audio_response_plain"));
  EXPECT_EQ(answer("SETUP streamid=control/13/0 RTSP/1.0\r\nCSeq: 5", 5),
            text("setup_control_response_plain"));
}

TEST_F(RtspTest, ReadsWhatAClientAnnounces) {
  const auto request = parse_stream_request(announce(), everything(), false);
  ASSERT_TRUE(request) << request.error().what;
  EXPECT_EQ(to_string(request->mode), "1920x1080@60");
  EXPECT_EQ(request->codec, VideoCodec::hevc);
  EXPECT_EQ(request->matrix, StreamRequest::Matrix::rec709);
  EXPECT_FALSE(request->full_range);
  EXPECT_EQ(request->packet_size, 1360);
  EXPECT_EQ(request->min_parity, 2u);
  EXPECT_EQ(request->max_reference_frames, 1u);
  EXPECT_TRUE(request->control_v2 && request->video_encrypted && request->audio_encrypted);
  EXPECT_TRUE(request->pings_with_payload && request->sends_fec_status);
  EXPECT_TRUE(request->high_quality_sound);
  // 20 000 less 20 % parity, 512 of sound and 500 of everything else.
  EXPECT_EQ(request->bitrate_kbps, 16'000u - 512 - 500);
}

TEST_F(RtspTest, KnowsTheFractionsOfNtsc) {
  const auto with_rate = [&](const char* fps, const char* hundredths) {
    std::string body = announce();
    const auto put = [&](const std::string& name, const char* value) {
      const std::size_t at = body.find(name) + name.size();
      body.replace(at, body.find(' ', at) - at, value);
    };
    put("maxFPS:", fps);
    put("clientRefreshRateX100:", hundredths);
    const auto request = parse_stream_request(body, everything(), false);
    return request ? to_string(request->mode) : request.error().what;
  };
  EXPECT_EQ(with_rate("60", "5994"), "1920x1080@60000/1001");
  EXPECT_EQ(with_rate("120", "11988"), "1920x1080@120000/1001");
  EXPECT_EQ(with_rate("60", "5000"), "1920x1080@60");  // more than 1 % off: not believed
  EXPECT_EQ(with_rate("90", "8980"), "1920x1080@8980/100");
  EXPECT_EQ(with_rate("0", "0"), "x-nv-video[0].maxFPS has to be 1 to 480, not \"0\"");
}

TEST_F(RtspTest, RefusesNonsenseByName) {
  const auto refused = [&](const std::string& name, const std::string& value) {
    std::string body = announce();
    const std::size_t at = body.find(name + ":") + name.size() + 1;
    body.replace(at, body.find(' ', at) - at, value);
    const auto request = parse_stream_request(body, everything(), false);
    return !request && request.error().what.find(name) != std::string::npos;
  };
  EXPECT_TRUE(refused("packetSize", "1"));
  EXPECT_TRUE(refused("packetSize", "1001"));
  EXPECT_TRUE(refused("maximumBitrateKbps", "1000000000"));
  EXPECT_TRUE(refused("maxFPS", "0"));
  EXPECT_TRUE(refused("clientViewportWd", "-5"));
  EXPECT_TRUE(refused("clientViewportHt", "99999999999999999999"));
  EXPECT_TRUE(refused("numChannels", "x"));
  EXPECT_FALSE(parse_stream_request("", everything(), false));
  Offer less = everything();
  less.codec_modes = codec_modes::kH264;
  EXPECT_FALSE(parse_stream_request(announce(), less, false));
}

// Every attribute in turn. What is not refused is one that nobody reads, or harmless.
TEST_F(RtspTest, PassesNoNonsenseOn) {
  const std::string whole = announce();
  int refused = 0, passed = 0;
  for (std::size_t line = whole.find("\na="); line != std::string::npos;
       line = whole.find("\na=", line + 1)) {
    const std::size_t colon = whole.find(':', line);
    const std::size_t end = whole.find('\r', colon);
    for (const char* nonsense :
         {"", "x", "-1", "0", "1", "7", "65536", "1000000000", "4294967297", "99999999999999999999",
          "1e3", "0x10", "5 5", "5;5", "\xff\xfe", "%n%s"}) {
      std::string body = whole;
      body.replace(colon + 1, end - colon - 1, nonsense);
      const auto request = parse_stream_request(body, everything(), false);
      ++(request ? passed : refused);
      if (!request) continue;
      const double hz = request->mode.refresh.hz();
      const SizePx size = request->mode.size_px;
      EXPECT_TRUE(hz >= 0.9 && hz <= 485) << body.substr(line + 1, 60) << hz;
      EXPECT_TRUE(size.width >= 16 && size.width <= 8192 && size.height >= 16 &&
                  size.height <= 8192);
      EXPECT_TRUE(request->bitrate_kbps >= 500 && request->bitrate_kbps <= 1'000'000);
      EXPECT_TRUE(request->packet_size % 16 == 0 && request->packet_size >= 64);
      EXPECT_TRUE(request->slices_per_frame >= 1 && request->slices_per_frame <= 32);
      EXPECT_TRUE(request->min_parity <= 64 && request->max_reference_frames <= 16);
      EXPECT_TRUE(request->audio_packet_ms == 5 || request->audio_packet_ms == 10);
      EXPECT_TRUE(request->channel_count == 2 || request->channel_count == 6 ||
                  request->channel_count == 8);
    }
  }
  EXPECT_GT(refused, 150);
  EXPECT_GT(passed, 50);
}

TEST_F(RtspTest, BoundsWhatAnAnnouncementCosts) {
  std::string body = announce();
  for (int i = 0; i < 1'000; ++i) body += "a=x-" + std::to_string(i) + ":1\r\n";
  const auto request = parse_stream_request(body, everything(), false);
  ASSERT_FALSE(request);
  EXPECT_NE(request.error().what.find("more than 256 attributes"), std::string::npos);
  EXPECT_FALSE(parse_stream_request(std::string(100'000, '\n'), everything(), false));
  EXPECT_FALSE(parse_stream_request(std::string(100'000, 'a'), everything(), false));
}

TEST_F(RtspTest, RefusesWhoCannotEncryptWhereThatIsDemanded) {
  Offer strict = everything();
  strict.encryption_required = true;
  EXPECT_TRUE(parse_stream_request(announce(), strict, false));
  std::string body = announce();
  body.replace(body.find("encryptionEnabled:7"), 19, "encryptionEnabled:1");
  const auto request = parse_stream_request(body, strict, false);
  ASSERT_FALSE(request);
  EXPECT_EQ(RtspSession::refuse(request.error()).status, 403);
}

TEST_F(RtspTest, TakesOneAnnouncementBeforePlay) {
  const auto handle = [&](const std::string& head, const std::string& body) {
    const auto arrival =
        parse_rtsp(head + "\r\nContent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    EXPECT_EQ(arrival.state, RtspArrival::State::complete);
    return session.handle(arrival.request);
  };
  EXPECT_EQ(handle("PLAY / RTSP/1.0", "").answer.status, 455);
  EXPECT_EQ(handle("ANNOUNCE streamid=control/13/0 RTSP/1.0", "a=nonsense").answer.status, 400);
  const auto announced = handle("ANNOUNCE streamid=control/13/0 RTSP/1.0", announce());
  EXPECT_EQ(announced.answer.status, 200);
  EXPECT_TRUE(announced.announced);
  EXPECT_EQ(handle("ANNOUNCE streamid=control/13/0 RTSP/1.0", announce()).answer.status, 455);
  EXPECT_TRUE(handle("PLAY / RTSP/1.0", "").play);
  EXPECT_EQ(handle("RECORD / RTSP/1.0", "").answer.status, 404);
}

TEST(RtspMessage, WaitsForAllOfIt) {
  const std::string whole = "ANNOUNCE x RTSP/1.0\r\nCSeq: 6\r\nContent-length: 4\r\n\r\nbody";
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(parse_rtsp(whole.substr(0, size)).state, RtspArrival::State::incomplete);
  const RtspArrival arrival = parse_rtsp(whole);
  ASSERT_EQ(arrival.state, RtspArrival::State::complete);
  EXPECT_EQ(arrival.request.body, "body");
  EXPECT_EQ(arrival.request.header("cseq"), "6");
}

TEST(RtspMessage, RefusesWhatNeverEndsOrIsNone) {
  using State = RtspArrival::State;
  EXPECT_EQ(parse_rtsp(std::string(kMaxRtspBytes + 1, 'a')).state, State::malformed);
  EXPECT_EQ(parse_rtsp("GET / HTTP/1.1\r\n\r\n").state, State::malformed);
  EXPECT_EQ(parse_rtsp("PLAY / RTSP/1.0\r\nno colon\r\n\r\n").state, State::malformed);
  EXPECT_EQ(parse_rtsp("PLAY / RTSP/1.0\r\nContent-length: -1\r\n\r\n").state, State::malformed);
  EXPECT_EQ(parse_rtsp("PLAY / RTSP/1.0\r\nContent-length: 9999999\r\n\r\n").state,
            State::malformed);
}

}  // namespace
}  // namespace pf::gamestream
