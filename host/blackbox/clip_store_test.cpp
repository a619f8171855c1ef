#include "host/blackbox/clip_store.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "host/blackbox/clip_facts.h"

namespace pf::blackbox {
namespace {

namespace fs = std::filesystem;

constexpr WireTime kNow{seconds(1'795'000'000)};

class ClipStoreTest : public ::testing::Test {
 protected:
  ClipStoreTest() { EXPECT_NE(mkdtemp(path_.data()), nullptr); }
  ~ClipStoreTest() override { fs::remove_all(path_); }

  // One that is ready, with a video of so many bytes.
  static Clip put(ClipStore& store, WireTime at, std::size_t bytes = 100,
                  Clip::Why why = Clip::Why::asked) {
    Clip clip;
    clip.session = {.number = 3, .door = "native", .device = "Anna's \"tv\"\n", .mode = "1x1@1"};
    clip.why = why;
    auto begun = store.begin(std::move(clip), at, bytes);
    EXPECT_TRUE(begun) << begun.error().what;
    begun->video.append(std::vector<std::byte>(bytes));
    const auto done = store.finish(*begun, "{}");
    EXPECT_TRUE(done) << done.error().what;
    return begun->clip;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& one : fs::directory_iterator(path_ + "/clips"))
      names.push_back(one.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string in_folder(const std::string& name) const { return path_ + "/clips/" + name; }

  std::string path_ = (fs::temp_directory_path() / "clips-XXXXXX").string();
};

TEST_F(ClipStoreTest, AClipIsKeptOverAStartWithWhatItIs) {
  Clip clip;
  {
    ClipStore store(path_);
    clip = put(store, kNow);
  }
  EXPECT_EQ(clip.id, "20261118-110640-s3");
  ClipStore store(path_);
  EXPECT_EQ(store.list(), std::vector<Clip>{clip});
  EXPECT_EQ(files(), (std::vector<std::string>{clip.id + ".json", clip.id + ".mkv",
                                               clip.id + ".perfetto.json"}));
  EXPECT_EQ(store.trace(clip.id), "{}");
  EXPECT_EQ(store.open_video(clip.id)->first.bytes, 100u);
  ASSERT_TRUE(store.remove(clip.id));
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(store.remove(clip.id).error().kind, ErrorKind::unavailable);
}

TEST_F(ClipStoreTest, SeveralOfOneSecondHaveNamesOfTheirOwn) {
  ClipStore store(path_);
  const Clip first = put(store, kNow), second = put(store, kNow);
  EXPECT_EQ(second.id, first.id + "-2");
  EXPECT_EQ(store.list(), (std::vector<Clip>{second, first})) << "the newest first";
}

TEST_F(ClipStoreTest, OneThatIsBeingSavedIsListedAndNotReady) {
  ClipStore store(path_);
  auto begun = store.begin({}, kNow, 100);
  ASSERT_TRUE(begun);
  EXPECT_EQ(store.find(begun->clip.id)->state, Clip::State::saving);
  EXPECT_EQ(store.open_video(begun->clip.id).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(store.remove(begun->clip.id).error().kind, ErrorKind::exhausted);
  store.give_up(begun->clip, "the disk is gone");
  EXPECT_EQ(store.find(begun->clip.id)->error, "the disk is gone");
  EXPECT_EQ(store.open_video(begun->clip.id).error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(store.remove(begun->clip.id));
  EXPECT_TRUE(store.list().empty());
}

TEST_F(ClipStoreTest, FailuresAreNotShownForEver) {
  ClipStore store(path_);
  for (int i = 0; i < 30; ++i) {
    const auto begun = store.begin({}, kNow + seconds(i), 100);
    ASSERT_TRUE(begun);
    store.give_up(begun->clip, "again");
  }
  EXPECT_EQ(store.list().size(), ClipStore::kMaxFailed);
}

TEST_F(ClipStoreTest, TheOldestGoFirstAndThoseThatNobodyAskedForBeforeAll) {
  ClipStore store(path_, {.clips = 3});
  const Clip asked = put(store, kNow), hitch = put(store, kNow + seconds(1), 100, Clip::Why::hitch);
  const Clip later = put(store, kNow + seconds(2)), last = put(store, kNow + seconds(3));
  EXPECT_EQ(store.list(), (std::vector<Clip>{last, later, asked})) << hitch.id;
  const Clip newest = put(store, kNow + seconds(4));
  EXPECT_EQ(store.list(), (std::vector<Clip>{newest, last, later}));
  put(store, kNow + seconds(5), 100, Clip::Why::hitch);
  EXPECT_EQ(store.list(), (std::vector<Clip>{newest, last, later}))
      << "what nobody asked for drives nothing out";
  EXPECT_EQ(files().size(), 9u);
}

TEST_F(ClipStoreTest, TogetherTheyAreNoLargerThanAllowed) {
  ClipStore store(path_, {.clips = 30, .total_bytes = 10'000});
  for (int i = 0; i < 10; ++i) put(store, kNow + seconds(i), 3'000);
  EXPECT_EQ(store.list().size(), 3u);
  const Clip large = put(store, kNow + seconds(60), 20'000);
  EXPECT_EQ(store.list(), std::vector<Clip>{large}) << "the newest stays";
}

TEST_F(ClipStoreTest, ADiskWithoutRoomIsToldAndLeavesNothing) {
  ClipStore store(path_);
  const auto begun = store.begin({}, kNow, std::uint64_t{1} << 60);
  ASSERT_FALSE(begun);
  EXPECT_TRUE(begun.error().os_code == ENOSPC || begun.error().os_code == EFBIG)
      << begun.error().what;
  EXPECT_TRUE(store.list().empty());
  EXPECT_TRUE(files().empty());
}

TEST_F(ClipStoreTest, WhatACrashHasLeftIsClearedAwayAndNothingElse) {
  Clip whole;
  {
    ClipStore store(path_);
    whole = put(store, kNow);
  }
  for (const char* name : {"20261118-110641-s3.mkv", "20261118-110641-s3.perfetto.json",
                           "20261118-110642-s3.mkv.new", "holiday.mkv", "notes.json"})
    std::ofstream(in_folder(name)) << "x";
  ClipStore store(path_);
  EXPECT_EQ(store.list(), std::vector<Clip>{whole});
  EXPECT_EQ(files(),
            (std::vector<std::string>{whole.id + ".json", whole.id + ".mkv",
                                      whole.id + ".perfetto.json", "holiday.mkv", "notes.json"}));
}

TEST_F(ClipStoreTest, WhoTidiesUpByHandIsNoticed) {
  ClipStore store(path_);
  const Clip kept = put(store, kNow), gone = put(store, kNow + seconds(1));
  for (const char* ending : {".json", ".mkv", ".perfetto.json"})
    fs::remove(in_folder(gone.id + ending));
  EXPECT_EQ(store.list(), std::vector<Clip>{kept});
  fs::remove(in_folder(kept.id + ".mkv"));
  EXPECT_EQ(store.open_video(kept.id).error().kind, ErrorKind::unavailable);
}

TEST_F(ClipStoreTest, NamesOfStrangersLeadNowhere) {
  ClipStore store(path_);
  put(store, kNow);
  std::ofstream(path_ + "/identity.mkv") << "secret";
  for (const char* id : {"", ".", "..", "../identity", "20261118-110640-s3/../../identity",
                         "20261118-110640-s3.json", "20261118-110640-s4"}) {
    EXPECT_EQ(store.find(id).error().kind, ErrorKind::unavailable) << id;
    EXPECT_FALSE(store.open_video(id)) << id;
    EXPECT_FALSE(store.trace(id)) << id;
    EXPECT_FALSE(store.remove(id)) << id;
  }
}

TEST_F(ClipStoreTest, DamagedFactsAreNoClip) {
  Clip clip;
  {
    ClipStore store(path_);
    clip = put(store, kNow);
  }
  const std::string good = write_facts(clip);
  ASSERT_TRUE(parse_facts(good));
  for (std::size_t cut = 0; cut + 2 < good.size(); ++cut)
    EXPECT_FALSE(parse_facts(std::string_view(good).substr(0, cut)));
  for (const char* damaged :
       {"[]", "null", R"({"version":1})", R"({"version":2})", R"({"version":"1"})"})
    EXPECT_FALSE(parse_facts(damaged));
  std::ofstream(in_folder(clip.id + ".json")) << "{";
  ClipStore store(path_);
  EXPECT_TRUE(store.list().empty());
}

}  // namespace
}  // namespace pf::blackbox
