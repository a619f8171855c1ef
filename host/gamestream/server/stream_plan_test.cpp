#include "host/gamestream/server/stream_plan.h"

#include <gtest/gtest.h>

namespace pf::gamestream {
namespace {

StreamRequest request() {
  StreamRequest request;
  request.mode = {{1280, 720}, {60'000, 1'001}};
  request.bitrate_kbps = 10'000;
  request.packet_size = 1392;
  request.min_parity = 2;
  request.slices_per_frame = 4;
  request.pings_with_payload = true;
  return request;
}

TEST(StreamPlan, GivesTheClientExactlyItsMode) {
  display::DisplayRequest display;
  display.command = {"game", "--fast"};
  const auto plan = plan_stream({}, request(), {}, display);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->video.display.mode, (DisplayMode{{1280, 720}, {60'000, 1'001}}));
  EXPECT_EQ(plan->video.encode.slices, 4u);
  EXPECT_EQ(plan->video.encode.colour.matrix, 6) << "BT.601, which is what clients ask by default";
  EXPECT_EQ(plan->video.display.command, (std::vector<std::string>{"game", "--fast"}));
  EXPECT_EQ(plan->video_outlet.packets.packet_size, 1392);
  EXPECT_FALSE(plan->video_outlet.packets.key);
  EXPECT_FALSE(plan->audio_outlet.encryption);
}

TEST(StreamPlan, MarksTrafficWhereTheClientWishesItAtHome) {
  const auto marks = [](const char* client, bool wished, bool offered) {
    StreamRequest asked = request();
    asked.mark_traffic = wished;
    Launch launch;
    launch.client = *Endpoint::parse(client);
    StreamOffer offer;
    offer.marks_traffic = offered;
    const auto plan = plan_stream(launch, asked, offer, {});
    return std::pair(int{plan->video_outlet.dscp}, int{plan->audio_dscp});
  };
  EXPECT_EQ(marks("192.168.1.2:9", true, true), std::pair(34, 46));
  EXPECT_EQ(marks("192.168.1.2:9", false, true), std::pair(0, 0));
  EXPECT_EQ(marks("192.168.1.2:9", true, false), std::pair(0, 0));
  EXPECT_EQ(marks("9.9.9.9:9", true, true), std::pair(0, 0));
}

TEST(StreamPlan, EncryptsWhatTheClientAsksFor) {
  StreamRequest encrypted = request();
  encrypted.video_encrypted = encrypted.audio_encrypted = true;
  Launch launch;
  launch.key_id = 0xFFFFFFFE;
  const auto plan = plan_stream(launch, encrypted, {}, {});
  ASSERT_TRUE(plan && plan->audio_outlet.encryption);
  EXPECT_TRUE(plan->video_outlet.packets.key);
  EXPECT_EQ(plan->audio_outlet.encryption->key_id, 0xFFFFFFFEu);
}

TEST(StreamPlan, KnowsTheSixSounds) {
  struct Case {
    std::uint8_t channels;
    bool high;
    std::uint32_t packet_ms;
    int streams, coupled;
    std::uint32_t kbps;
    std::size_t bytes;
  };
  for (const Case& c : {Case{2, false, 5, 1, 1, 96, 60}, Case{2, true, 10, 1, 1, 512, 640},
                        Case{6, false, 10, 4, 2, 384, 480}, Case{6, true, 10, 6, 0, 1536, 960},
                        Case{8, false, 5, 5, 3, 450, 281}, Case{8, true, 5, 8, 0, 2048, 1280}}) {
    StreamRequest asked = request();
    asked.channel_count = c.channels;
    asked.high_quality_sound = c.high;
    asked.audio_packet_ms = c.packet_ms;
    const auto plan = plan_stream({}, asked, {}, {});
    ASSERT_TRUE(plan && plan->audio);
    EXPECT_EQ(plan->audio->source.layout.stream_count, c.streams);
    EXPECT_EQ(plan->audio->source.layout.coupled_count, c.coupled);
    EXPECT_EQ(plan->audio->bitrate_kbps, c.kbps);
    EXPECT_EQ(plan->audio_outlet.opus_bytes, c.bytes);
  }
}

TEST(StreamPlan, LeavesAPoorLineItsPicture) {
  StreamRequest asked = request();
  asked.channel_count = 6;
  asked.bitrate_kbps = 1'400;
  EXPECT_EQ(plan_stream({}, asked, {}, {})->audio->bitrate_kbps, 256u);
}

TEST(StreamPlan, PlaysWhereTheClientWants) {
  Launch launch;
  EXPECT_FALSE(plan_stream(launch, request(), {}, {})->audio->source.plays_on_host);
  launch.play_on_host_too = true;
  EXPECT_TRUE(plan_stream(launch, request(), {}, {})->audio->source.plays_on_host);
  EXPECT_FALSE(plan_stream(launch, request(), {.sends_sound = false}, {})->audio);
}

TEST(StreamPlan, RefusesWhatNoDisplayCanShowAndMediaForNobodyInParticular) {
  StreamRequest asked = request();
  asked.mode.size_px = {16, 16};
  EXPECT_FALSE(plan_stream({}, asked, {}, {}));
  asked = request();
  asked.pings_with_payload = false;
  EXPECT_EQ(plan_stream({}, asked, {}, {}).error().kind, ErrorKind::refused);
}

}  // namespace
}  // namespace pf::gamestream
