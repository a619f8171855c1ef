#include "host/gamestream/server/gamestream_door.h"

#include <gtest/gtest.h>

#include "host/gamestream/server/door_testing.h"

namespace pf::gamestream {
namespace {

TEST_F(GameStreamDoorTest, StreamsFromFrameOneToWhoPingsWithThePayloadOfHisLaunch) {
  Device tablet = pair(1), stranger = pair(2);
  ASSERT_TRUE(launch(tablet, LaunchVerb::launch));
  EXPECT_TRUE(busy());
  const Endpoint video = video_port();
  ASSERT_TRUE(announce_and_play());
  ping(stranger, "AAAAAAAAAAAAAAAA", video);
  EXPECT_EQ(next_frame(stranger, milliseconds(50)), 0u);
  ping(tablet, tablet.tokens.ping_payload, video);
  EXPECT_EQ(next_frame(tablet), 1u);
  EXPECT_EQ(world_.width, 1920u) << "the mode of the ANNOUNCE";
  ping(stranger, tablet.tokens.ping_payload, video);
  EXPECT_EQ(next_frame(stranger, milliseconds(50)), 0u) << "the tablet still pings";
  const auto sessions = roster_->sessions();
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions[0].door, session::Door::gamestream);
  EXPECT_EQ(sessions[0].device_name, "tablet");

  EXPECT_FALSE(launch(tablet, LaunchVerb::launch)) << "its application runs";
  ASSERT_TRUE(cancel(tablet));
  EXPECT_FALSE(busy());
  ASSERT_TRUE(wait_for([&] { return over_ == 1 && world_.displays == 0; }));
  EXPECT_GT(rows_, 0u);
}

TEST_F(GameStreamDoorTest, AResumeFindsItsDesktopAndCountsAnew) {
  Device tablet = pair(1);
  EXPECT_FALSE(launch(tablet, LaunchVerb::resume)) << "nothing runs";
  ASSERT_TRUE(launch(tablet, LaunchVerb::launch));
  const Endpoint video = video_port();
  ASSERT_TRUE(announce_and_play());
  ping(tablet, tablet.tokens.ping_payload, video);
  ASSERT_TRUE(streams(tablet));

  ASSERT_TRUE(launch(tablet, LaunchVerb::resume)) << "while the old stream lives";
  ASSERT_TRUE(wait_for([&] { return over_ == 1; }));
  EXPECT_TRUE(busy());
  while (next_frame(tablet, milliseconds(50)) != 0) {
  }
  ASSERT_TRUE(announce_and_play());
  ping(tablet, tablet.tokens.ping_payload, video);
  EXPECT_EQ(next_frame(tablet), 1u);
  EXPECT_EQ(world_.opened, 1) << "the same desktop";
  ASSERT_TRUE(cancel(tablet));
  ASSERT_TRUE(wait_for([&] { return world_.displays == 0; }));
}

TEST_F(GameStreamDoorTest, EndsWithTheApplicationTheOperatorAndTheAccess) {
  Device tablet = pair(1);
  const auto stream = [&] {
    ASSERT_TRUE(launch(tablet, LaunchVerb::launch));
    const Endpoint video = video_port();
    ASSERT_TRUE(announce_and_play());
    ping(tablet, tablet.tokens.ping_payload, video);
    ASSERT_TRUE(streams(tablet));
  };
  stream();
  world_.app_ended = true;
  ASSERT_TRUE(wait_for([&] { return !busy() && over_ == 1; }));
  world_.app_ended = false;
  stream();
  ASSERT_TRUE(roster_->end_session(roster_->sessions().back().number));
  ASSERT_TRUE(wait_for([&] { return !busy() && over_ == 2; }));
  stream();
  ASSERT_TRUE(trust_->unpair(tablet.fingerprint));
  ASSERT_TRUE(wait_for([&] { return !busy() && over_ == 3 && world_.displays == 0; }));
}

TEST_F(GameStreamDoorTest, TheHostIsBusyForAllDoorsAlike) {
  std::vector<Device> devices;
  for (unsigned char which = 1; which <= 3; ++which) devices.push_back(pair(which));
  for (int i = 0; i < 2; ++i) {
    Device& device = devices[static_cast<std::size_t>(i)];
    ASSERT_TRUE(launch(device, LaunchVerb::launch));
    const Endpoint video = video_port();
    ASSERT_TRUE(announce_and_play());
    ping(device, device.tokens.ping_payload, video);
    ASSERT_TRUE(streams(device));
  }
  EXPECT_TRUE(streams(devices[0])) << "beside the other";
  const auto third = launch(devices[2], LaunchVerb::launch);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::exhausted);
  door_.reset();
  EXPECT_EQ(over_, 2) << "the host stops";
}

}  // namespace
}  // namespace pf::gamestream
