#include "host/recorder/recorder.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

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

// The recorder's own thread asks it as well.
class SetClock final : public Clock {
 public:
  LocalTime now() const noexcept override { return at_; }
  void advance(Nanos step) { at_ = now() + step; }

 private:
  std::atomic<LocalTime> at_ = kBegan;
};

// What the threads of a session write in `count` periods, from the clock's instant on.
void stream(SessionTrace& trace, SetClock& clock, std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t id = first; id < first + count; ++id) {
    const LocalTime at = clock.now();
    trace.add(PictureRow{.id = FrameId{id}, .captured = at, .delivered = at});
    trace.add(FrameRow{.id = FrameId{id},
                       .captured = at,
                       .delivered = at,
                       .encoded = at,
                       .last_sent = at,
                       .bytes = 1000});
    clock.advance(kPeriod);
  }
}

// Of this process, for as long as it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t most_bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &before_), 0);
    set(most_bytes);
  }
  ~FileSizeLimit() { lift(); }
  void set(rlim_t most_bytes) {
    const rlimit limit{most_bytes, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  void lift() { EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &before_), 0); }

 private:
  rlimit before_{};
};

class RecorderTest : public ::testing::Test {
 protected:
  std::shared_ptr<SessionTrace> begin(unsigned number) {
    auto trace = std::make_shared<SessionTrace>();
    recorder_->begin({.number = number, .door = "native", .device = "tv", .mode = "1x1@60"}, trace,
                     seconds(1'700'000'000));
    return trace;
  }

  Folder folder_;
  SetClock clock_;
  // What the scribe does is waited for; it looks by itself every few seconds.
  template <class Condition>
  bool eventually(Condition&& condition) {
    for (int i = 0; i < 6'000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return false;
  }
  // The numbers of all pictures in these, in their order.
  std::vector<std::uint64_t> ids_in(const std::vector<SavedRecording>& parts) {
    std::vector<std::uint64_t> ids;
    for (const SavedRecording& part : parts) {
      const auto loaded = recorder_->store().load(part.id);
      EXPECT_TRUE(loaded) << part.id;
      if (!loaded) continue;
      for (const TimelineRow& row : loaded->rows) ids.push_back(value(row.id));
    }
    return ids;
  }
  static std::vector<std::uint64_t> from_to(std::uint64_t first, std::uint64_t end) {
    std::vector<std::uint64_t> ids(end - first);
    std::iota(ids.begin(), ids.end(), first);
    return ids;
  }

  HealthBoard board_;
  std::optional<Recorder> recorder_{std::in_place, folder_.path(), board_, clock_};
};

TEST_F(RecorderTest, SavesTheLastSecondsOfTheOnlySession) {
  const auto trace = begin(3);
  stream(*trace, clock_, 0, 300);
  const auto saved = recorder_->save(std::nullopt, seconds(2));
  ASSERT_TRUE(saved) << saved.error().what;
  EXPECT_EQ(saved->session, 3u);
  EXPECT_EQ(saved->id, "20231114-223005-s3");
  ASSERT_EQ(recorder_->store().list().size(), 1u);
  EXPECT_EQ(recorder_->store().list()[0].bytes, saved->bytes);
  EXPECT_EQ(recorder_->store().list()[0].saved_at_s, saved->saved_at_s);
  const auto loaded = recorder_->store().load(saved->id);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->rows.size(), 119u);  // 119.99 periods
  EXPECT_FALSE(loaded->client_tells);
}

TEST_F(RecorderTest, RecordsFromStartToStop) {
  const auto trace = begin(1);
  stream(*trace, clock_, 0, 100);
  EXPECT_FALSE(recorder_->stop(1u));
  ASSERT_TRUE(recorder_->start(1u));
  EXPECT_FALSE(recorder_->start(1u)) << "it is being recorded";
  stream(*trace, clock_, 100, 50);
  const auto running = recorder_->running(1);
  ASSERT_TRUE(running);
  EXPECT_EQ(running->pictures, 50u);
  EXPECT_EQ(running->elapsed, 50 * kPeriod);
  const auto parts = recorder_->stop(std::nullopt);
  ASSERT_TRUE(parts);
  EXPECT_EQ(ids_in(*parts), from_to(100, 150));
  EXPECT_FALSE(recorder_->stop(1u));
  EXPECT_TRUE(recorder_->running().empty());
}

TEST_F(RecorderTest, ALongRecordingIsSavedInPartsWithoutAGap) {
  const auto trace = begin(1);
  ASSERT_TRUE(recorder_->start(1u));
  constexpr std::uint64_t kPart = Recorder::kPartPictures;
  for (std::uint64_t part = 0; part < 3; ++part) {
    stream(*trace, clock_, part * kPart, kPart);
    // Else it would be by itself in a few seconds.
    recorder_->end(99);
    ASSERT_TRUE(eventually([&] { return recorder_->running(1)->parts.size() == part + 1; }));
  }
  stream(*trace, clock_, 3 * kPart, 10);
  const auto parts = recorder_->stop(1u);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->size(), 4u);
  EXPECT_EQ(ids_in(*parts), from_to(0, 3 * kPart + 10)) << "more than a ring holds";
}

TEST_F(RecorderTest, ARecordingEndsWithItsSessionAndCanBeAskedFor) {
  const auto trace = begin(1);
  ASSERT_TRUE(recorder_->start(1u));
  stream(*trace, clock_, 0, 20);
  recorder_->end(1);
  ASSERT_TRUE(eventually([&] { return recorder_->running().empty(); }));
  const auto parts = recorder_->stop(std::nullopt);
  ASSERT_TRUE(parts) << parts.error().what;
  EXPECT_EQ(ids_in(*parts), from_to(0, 20));
  EXPECT_FALSE(recorder_->stop(1u));
}

TEST_F(RecorderTest, ARecorderThatEndsSavesWhatRuns) {
  const auto trace = begin(1);
  ASSERT_TRUE(recorder_->start(1u));
  stream(*trace, clock_, 0, 20);
  recorder_.reset();
  recorder_.emplace(folder_.path(), board_, clock_);
  EXPECT_EQ(ids_in(recorder_->store().list()), from_to(0, 20));
}

// A file that may not grow is what a test has for a full disk.
TEST_F(RecorderTest, AFullDiskLosesNothing) {
  const auto trace = begin(1);
  FileSizeLimit full(0);
  const auto refused = recorder_->start(1u);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().os_code, EFBIG);
  EXPECT_TRUE(recorder_->running().empty());
  full.lift();
  ASSERT_TRUE(recorder_->start(1u));
  stream(*trace, clock_, 0, 20);
  full.set(0);
  EXPECT_EQ(recorder_->stop(1u).error().os_code, EFBIG);
  ASSERT_TRUE(recorder_->running(1)) << "it goes on";
  EXPECT_NE(recorder_->running(1)->problem, "");
  // And so does the part that is due meanwhile; the board says what is the matter.
  stream(*trace, clock_, 20, Recorder::kPartPictures);
  // Else it would be by itself in a few seconds.
  recorder_->end(99);
  EXPECT_TRUE(eventually([&] {
    const auto rows = board_.rows(clock_.now());
    return rows.size() == 1 && rows[0].health == Health::healing;
  }));
  full.lift();
  const auto parts = recorder_->stop(1u);
  ASSERT_TRUE(parts) << parts.error().what;
  EXPECT_EQ(ids_in(*parts), from_to(0, 20 + Recorder::kPartPictures));
}

TEST_F(RecorderTest, SoManyAreRecordedAndNoMore) {
  for (unsigned number = 1; number <= Recorder::kMaxRunning; ++number) {
    begin(number);
    ASSERT_TRUE(recorder_->start(number));
  }
  begin(99);
  EXPECT_EQ(recorder_->start(99u).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(recorder_->stop(std::nullopt).error().kind, ErrorKind::malformed);
}

TEST_F(RecorderTest, ASessionThatIsOverCanStillBeSavedForAWhile) {
  for (unsigned number = 1; number <= 6; ++number) {
    const auto trace = begin(number);
    stream(*trace, clock_, 0, 10);
    recorder_->end(number);
    clock_.advance(seconds(100));
  }
  EXPECT_FALSE(recorder_->save(2u, seconds(5)));
  const auto saved = recorder_->save(3u, seconds(5));
  ASSERT_TRUE(saved) << saved.error().what;
  EXPECT_EQ(recorder_->store().load(saved->id)->rows.size(), 10u);
  EXPECT_FALSE(recorder_->save(std::nullopt, seconds(5))) << "none runs";
}

TEST_F(RecorderTest, SeveralSessionsMustBeNamed) {
  stream(*begin(1), clock_, 0, 5);
  stream(*begin(2), clock_, 0, 5);
  const auto saved = recorder_->save(std::nullopt, std::nullopt);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().kind, ErrorKind::malformed);
  EXPECT_TRUE(recorder_->save(2u, std::nullopt));
  EXPECT_EQ(recorder_->look(9, {}).error().kind, ErrorKind::unavailable);
}

TEST_F(RecorderTest, NoTextOfAStrangerBecomesAPath) {
  std::ofstream(folder_.path() + "/secret.json") << "{}";
  stream(*begin(1), clock_, 0, 5);
  ASSERT_TRUE(recorder_->save(1u, std::nullopt));
  for (const char* id :
       {"../secret", "..", "", "/etc/passwd", "20231114-223005-s1/../x", "20231114-223005-s1.json",
        "20231114-223005-s", "20231114-223005-s1-", "2023111x-223005-s1",
        "20231114-223005-s99999999999999", "20231114-223005-s1\0x"}) {
    EXPECT_FALSE(recorder_->store().load(id)) << id;
    EXPECT_FALSE(recorder_->store().remove(id)) << id;
  }
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/secret.json"));
}

TEST_F(RecorderTest, DeletesWhatItIsAskedTo) {
  stream(*begin(1), clock_, 0, 5);
  const auto first = recorder_->save(1u, std::nullopt), second = recorder_->save(1u, std::nullopt);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->id, first->id + "-2") << "in the same second";
  EXPECT_TRUE(recorder_->store().remove(first->id));
  EXPECT_FALSE(recorder_->store().remove(first->id));
  ASSERT_EQ(recorder_->store().list().size(), 1u);
  EXPECT_EQ(recorder_->store().list()[0].id, second->id);
}

TEST_F(RecorderTest, TheOldestGoWhenThereAreTooMany) {
  const auto trace = begin(1);
  for (std::size_t i = 0; i < RecordingStore::kMaxRecordings + 3; ++i) {
    clock_.advance(seconds(1));
    stream(*trace, clock_, i, 1);
    ASSERT_TRUE(recorder_->save(1u, milliseconds(500)));
  }
  const auto all = recorder_->store().list();
  EXPECT_EQ(all.size(), RecordingStore::kMaxRecordings);
  EXPECT_GT(all.front().saved_at_s, all.back().saved_at_s);
}

TEST_F(RecorderTest, ADamagedFileIsAnErrorThatSaysSo) {
  stream(*begin(1), clock_, 0, 5);
  const auto saved = recorder_->save(1u, std::nullopt);
  ASSERT_TRUE(saved);
  const std::string path = folder_.path() + "/recordings/" + saved->id + ".json";
  std::filesystem::resize_file(path, saved->bytes / 2);
  EXPECT_EQ(recorder_->store().load(saved->id).error().kind, ErrorKind::malformed);
  std::filesystem::remove(path);
  std::filesystem::create_symlink("/etc/passwd", path);
  EXPECT_TRUE(recorder_->store().list().empty());
}

}  // namespace
}  // namespace pf::recorder
