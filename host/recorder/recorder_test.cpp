#include "host/recorder/recorder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "host/recorder/stream_testing.h"

namespace pf::recorder {
namespace {

using namespace testing_streams;

class Folder {
 public:
  Folder() { EXPECT_NE(mkdtemp(path_.data()), nullptr); }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "recorder-XXXXXX").string();
};

class SetClock final : public Clock {
 public:
  LocalTime now() const noexcept override { return at; }
  LocalTime at = kBegan;
};

// What the threads of a session write in `count` periods, from the clock's instant on.
void stream(SessionTrace& trace, SetClock& clock, std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t id = first; id < first + count; ++id) {
    trace.add(PictureRow{.id = FrameId{id}, .captured = clock.at, .delivered = clock.at});
    trace.add(FrameRow{.id = FrameId{id},
                       .captured = clock.at,
                       .delivered = clock.at,
                       .encoded = clock.at,
                       .last_sent = clock.at,
                       .bytes = 1000});
    clock.at += kPeriod;
  }
}

class RecorderTest : public ::testing::Test {
 protected:
  std::shared_ptr<SessionTrace> begin(unsigned number) {
    auto trace = std::make_shared<SessionTrace>();
    recorder_.begin({.number = number, .door = "native", .device = "tv", .mode = "1x1@60"}, trace,
                    seconds(1'700'000'000));
    return trace;
  }

  Folder folder_;
  SetClock clock_;
  Recorder recorder_{folder_.path(), clock_};
};

TEST_F(RecorderTest, SavesTheLastSecondsOfTheOnlySession) {
  const auto trace = begin(3);
  stream(*trace, clock_, 0, 300);
  const auto saved = recorder_.save(std::nullopt, seconds(2));
  ASSERT_TRUE(saved) << saved.error().what;
  EXPECT_EQ(saved->session, 3u);
  EXPECT_EQ(saved->id, "20231114-223005-s3");
  ASSERT_EQ(recorder_.store().list().size(), 1u);
  EXPECT_EQ(recorder_.store().list()[0].bytes, saved->bytes);
  EXPECT_EQ(recorder_.store().list()[0].saved_at_s, saved->saved_at_s);
  const auto loaded = recorder_.store().load(saved->id);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->rows.size(), 119u);  // 119.99 periods
  EXPECT_FALSE(loaded->client_tells);
}

TEST_F(RecorderTest, RecordsFromStartToStop) {
  const auto trace = begin(1);
  stream(*trace, clock_, 0, 100);
  EXPECT_FALSE(recorder_.stop(1u));
  ASSERT_TRUE(recorder_.start(1u));
  EXPECT_FALSE(recorder_.start(1u)) << "it is being recorded";
  stream(*trace, clock_, 100, 50);
  const auto saved = recorder_.stop(std::nullopt);
  ASSERT_TRUE(saved);
  EXPECT_EQ(recorder_.store().load(saved->id)->rows.size(), 50u);
  EXPECT_FALSE(recorder_.stop(1u));
}

TEST_F(RecorderTest, ASessionThatIsOverCanStillBeSavedForAWhile) {
  for (unsigned number = 1; number <= 6; ++number) {
    const auto trace = begin(number);
    stream(*trace, clock_, 0, 10);
    recorder_.end(number);
    clock_.at += seconds(100);
  }
  EXPECT_FALSE(recorder_.save(2u, seconds(5)));
  const auto saved = recorder_.save(3u, seconds(5));
  ASSERT_TRUE(saved) << saved.error().what;
  EXPECT_EQ(recorder_.store().load(saved->id)->rows.size(), 10u);
  EXPECT_FALSE(recorder_.save(std::nullopt, seconds(5))) << "none runs";
}

TEST_F(RecorderTest, SeveralSessionsMustBeNamed) {
  stream(*begin(1), clock_, 0, 5);
  stream(*begin(2), clock_, 0, 5);
  const auto saved = recorder_.save(std::nullopt, std::nullopt);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().kind, ErrorKind::malformed);
  EXPECT_TRUE(recorder_.save(2u, std::nullopt));
  EXPECT_EQ(recorder_.look(9, {}).error().kind, ErrorKind::unavailable);
}

TEST_F(RecorderTest, NoTextOfAStrangerBecomesAPath) {
  std::ofstream(folder_.path() + "/secret.json") << "{}";
  stream(*begin(1), clock_, 0, 5);
  ASSERT_TRUE(recorder_.save(1u, std::nullopt));
  for (const char* id :
       {"../secret", "..", "", "/etc/passwd", "20231114-223005-s1/../x", "20231114-223005-s1.json",
        "20231114-223005-s", "20231114-223005-s1-", "2023111x-223005-s1",
        "20231114-223005-s99999999999999", "20231114-223005-s1\0x"}) {
    EXPECT_FALSE(recorder_.store().load(id)) << id;
    EXPECT_FALSE(recorder_.store().remove(id)) << id;
  }
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/secret.json"));
}

TEST_F(RecorderTest, DeletesWhatItIsAskedTo) {
  stream(*begin(1), clock_, 0, 5);
  const auto first = recorder_.save(1u, std::nullopt), second = recorder_.save(1u, std::nullopt);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->id, first->id + "-2") << "in the same second";
  EXPECT_TRUE(recorder_.store().remove(first->id));
  EXPECT_FALSE(recorder_.store().remove(first->id));
  ASSERT_EQ(recorder_.store().list().size(), 1u);
  EXPECT_EQ(recorder_.store().list()[0].id, second->id);
}

TEST_F(RecorderTest, TheOldestGoWhenThereAreTooMany) {
  const auto trace = begin(1);
  for (std::size_t i = 0; i < RecordingStore::kMaxRecordings + 3; ++i) {
    clock_.at += seconds(1);
    stream(*trace, clock_, i, 1);
    ASSERT_TRUE(recorder_.save(1u, milliseconds(500)));
  }
  const auto all = recorder_.store().list();
  EXPECT_EQ(all.size(), RecordingStore::kMaxRecordings);
  EXPECT_GT(all.front().saved_at_s, all.back().saved_at_s);
}

TEST_F(RecorderTest, ADamagedFileIsAnErrorThatSaysSo) {
  stream(*begin(1), clock_, 0, 5);
  const auto saved = recorder_.save(1u, std::nullopt);
  ASSERT_TRUE(saved);
  const std::string path = folder_.path() + "/recordings/" + saved->id + ".json";
  std::filesystem::resize_file(path, saved->bytes / 2);
  EXPECT_EQ(recorder_.store().load(saved->id).error().kind, ErrorKind::malformed);
  std::filesystem::remove(path);
  std::filesystem::create_symlink("/etc/passwd", path);
  EXPECT_TRUE(recorder_.store().list().empty());
}

}  // namespace
}  // namespace pf::recorder
