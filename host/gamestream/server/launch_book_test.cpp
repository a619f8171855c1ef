#include "host/gamestream/server/launch_book.h"

#include <gtest/gtest.h>

using namespace pf;
using namespace pf::gamestream;

namespace {

using Why = LaunchBook::Over::Why;

trust::Fingerprint device(int number) {
  trust::Fingerprint fingerprint{};
  fingerprint[0] = std::byte(number);
  return fingerprint;
}

Launch launch_of(int number, std::int32_t app_id = 1) {
  Launch launch;
  launch.device = device(number);
  launch.device_name = "tablet";
  launch.app = {.id = app_id, .title = "Desktop", .hdr = false};
  return launch;
}

struct LaunchBookTest : testing::Test {
  LaunchBook book;
  LocalTime now{seconds(100)};

  LaunchId launched(int number) { return *book.launch(launch_of(number), now); }
  LaunchId streaming(int number) {
    const LaunchId id = launched(number);
    book.on_started(id);
    return id;
  }
};

}  // namespace

TEST(LaunchTokens, AreSixteenCharactersAndNeverNoData) {
  SeededRng rng(1);
  const LaunchTokens one = draw_tokens(rng), other = draw_tokens(rng);
  EXPECT_EQ(one.ping_payload.size(), 16u);
  EXPECT_NE(one.ping_payload, other.ping_payload);
  EXPECT_NE(one.connect_data, 0u);
  EXPECT_NE(one.connect_data, other.connect_data);
}

TEST_F(LaunchBookTest, IsBusyFromTheLaunchOnAndFreeAfterTheCancel) {
  EXPECT_TRUE(book.running().empty());
  const LaunchId id = launched(1);
  ASSERT_EQ(book.running().size(), 1u);
  EXPECT_EQ(book.running()[0].device, device(1));
  book.on_started(id);
  EXPECT_TRUE(book.cancel(device(1)));
  EXPECT_TRUE(book.running().empty());
  const auto over = book.poll_over();
  ASSERT_TRUE(over);
  EXPECT_EQ(over->id, id);
  EXPECT_EQ(over->why, Why::cancelled);
  EXPECT_FALSE(over->app_stays);
  EXPECT_FALSE(book.poll_over());
  EXPECT_EQ(book.find(id), nullptr);
  EXPECT_FALSE(book.cancel(device(1)));
}

TEST_F(LaunchBookTest, RefusesASecondLaunchOfADeviceWhoseAppRuns) {
  const LaunchId id = streaming(1);
  EXPECT_EQ(book.launch(launch_of(1), now).error().kind, ErrorKind::refused);
  book.on_stream_over(id, LaunchBook::AppState::stays);
  EXPECT_EQ(book.launch(launch_of(1), now).error().kind, ErrorKind::refused);
}

TEST_F(LaunchBookTest, LetsALaunchBeginAgainThatNobodyCameFor) {
  const LaunchId first = launched(1);
  const auto second = book.launch(launch_of(1), now);
  ASSERT_TRUE(second);
  EXPECT_NE(first, *second);
  EXPECT_EQ(book.poll_over()->why, Why::superseded);
  EXPECT_EQ(book.open().size(), 1u);
}

TEST_F(LaunchBookTest, GivesEachDeviceAnAppOfItsOwn) {
  streaming(1);
  streaming(2);
  EXPECT_EQ(book.running().size(), 2u);
  book.cancel(device(1));
  ASSERT_EQ(book.running().size(), 1u);
  EXPECT_EQ(book.running()[0].device, device(2));
}

TEST_F(LaunchBookTest, ResumesTheAppThatRunsWithNewKeys) {
  EXPECT_EQ(book.resume(launch_of(1), now).error().kind, ErrorKind::unavailable);
  const LaunchId id = *book.launch(launch_of(1, 7), now);
  book.on_started(id);
  book.on_stream_over(id, LaunchBook::AppState::stays);
  EXPECT_TRUE(book.open().empty()) << "nothing is to be said over RTSP";
  ASSERT_EQ(book.running().size(), 1u) << "but the app runs";
  const auto resumed = book.resume(launch_of(1, 0), now);
  ASSERT_TRUE(resumed);
  EXPECT_EQ(book.find(*resumed)->app.id, 7);
  EXPECT_EQ(book.find(*resumed)->verb, LaunchVerb::resume);
  EXPECT_FALSE(book.poll_over()) << "the stream before was over already";
}

TEST_F(LaunchBookTest, ResumeSupersedesAStreamThatStillLives) {
  const LaunchId id = streaming(1);
  const auto resumed = book.resume(launch_of(1), now);
  ASSERT_TRUE(resumed);
  const auto over = book.poll_over();
  ASSERT_TRUE(over);
  EXPECT_EQ(over->id, id);
  EXPECT_EQ(over->why, Why::superseded);
  EXPECT_TRUE(over->app_stays);
  book.on_stream_over(id, LaunchBook::AppState::ended);
  EXPECT_NE(book.find(*resumed), nullptr) << "the old stream's end is no business of the new one";
}

TEST_F(LaunchBookTest, ForgetsALaunchWhoseClientNeverComes) {
  const LaunchId id = launched(1);
  ASSERT_EQ(book.next_timeout(), now + LaunchBook::kPatience);
  now += LaunchBook::kPatience - milliseconds(1);
  book.handle_timeout(now);
  ASSERT_NE(book.find(id), nullptr);
  book.on_rtsp(id, now);
  now += LaunchBook::kPatience;
  book.handle_timeout(now);
  EXPECT_EQ(book.find(id), nullptr);
  EXPECT_EQ(book.poll_over()->why, Why::expired);
  EXPECT_TRUE(book.running().empty());
  EXPECT_FALSE(book.next_timeout());
}

TEST_F(LaunchBookTest, KeepsTheAppOfAResumeWhoseClientNeverComes) {
  const LaunchId id = streaming(1);
  book.on_stream_over(id, LaunchBook::AppState::stays);
  const auto resumed = book.resume(launch_of(1), now);
  ASSERT_TRUE(resumed);
  book.handle_timeout(now + LaunchBook::kPatience);
  EXPECT_TRUE(book.poll_over()->app_stays);
  EXPECT_EQ(book.running().size(), 1u);
  EXPECT_TRUE(book.resume(launch_of(1), now));
}

TEST_F(LaunchBookTest, IsFreeWhenTheAppEnds) {
  const LaunchId streamed = streaming(1);
  book.on_stream_over(streamed, LaunchBook::AppState::ended);
  EXPECT_TRUE(book.running().empty());
  const LaunchId paused = streaming(1);
  book.on_stream_over(paused, LaunchBook::AppState::stays);
  book.on_app_over(paused);
  EXPECT_TRUE(book.running().empty());
  EXPECT_FALSE(book.poll_over()) << "who says so knows it";
}

TEST_F(LaunchBookTest, BoundsWhatIsAboutToBegin) {
  for (std::size_t i = 0; i < LaunchBook::kMaxLaunches; ++i) launched(static_cast<int>(i));
  EXPECT_EQ(book.launch(launch_of(200), now).error().kind, ErrorKind::exhausted);
}
