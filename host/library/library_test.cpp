// The library as the host has it, with the real helper program and files that the test makes.
#include "host/library/library.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>

#include "core/runtime/system_clock.h"
#include "host/library/tree_testing.h"

namespace pf::library {
namespace {

using namespace std::chrono_literals;
using State = SourceState::State;

// Only bounds a test that would hang otherwise.
constexpr std::chrono::seconds kPatience{30};

LibraryRules all_sources() {
  LibraryRules rules;
  for (const SourceName& source : kSources) rules.sources.emplace_back(source.name);
  return rules;
}

class LibraryTest : public testing::Test {
 protected:
  void open(Library::Params params = {}, LibraryRules rules = all_sources()) {
    if (params.helper.empty()) params.helper = PF_BIN_DIR "/punktfunk-library";
    params.places = tree_.query().places;
    library_.emplace(
        std::move(params), std::move(rules), [this] { ++changes_; }, board_, clock_);
  }
  void game(int number, std::string_view name) {
    tree_.write(fmt::format(".local/share/Steam/steamapps/appmanifest_{}.acf", number),
                fmt::format("AppState {{ appid {} name \"{}\" StateFlags 4 }}", number, name));
  }
  void menu(const std::string& name, const std::string& exec) {
    tree_.write(
        "usr/share/applications/" + name + ".desktop",
        fmt::format("[Desktop Entry]\nType=Application\nName={}\nExec={}\nCategories=Game;\n", name,
                    exec));
  }
  template <class Condition>
  std::shared_ptr<const Shelf> wait_for(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < until) {
      auto shelf = library_->now();
      if (condition(*shelf)) return shelf;
      std::this_thread::sleep_for(5ms);
    }
    ADD_FAILURE() << "waited in vain";
    return library_->now();
  }
  // After all sources have been read from now on.
  std::shared_ptr<const Shelf> scanned() {
    const WireTime before(clock_.now().since_epoch() + wire_offset_now());
    library_->scan();
    return wait_for([&](const Shelf& shelf) {
      return shelf.complete() &&
             std::all_of(shelf.sources.begin(), shelf.sources.end(), [&](const SourceState& one) {
               return one.state == State::off || (one.scanned_at && *one.scanned_at >= before);
             });
    });
  }
  static const SourceState& source(const Shelf& shelf, std::string_view name) {
    for (const SourceState& one : shelf.sources)
      if (one.name == name) return one;
    return shelf.sources.front();
  }
  Result<std::shared_ptr<const Picture>> art(const std::string& entry, bool as_png = false) {
    auto promise = std::make_shared<std::promise<Result<std::shared_ptr<const Picture>>>>();
    auto told = promise->get_future();
    library_->ask_art(
        {.entry = entry,
         .kind = ArtKind::poster,
         .as_png = as_png,
         .answer = [promise](auto answer) { promise->set_value(std::move(answer)); }});
    if (told.wait_for(kPatience) != std::future_status::ready)
      return fail(ErrorKind::internal, "no answer");
    return told.get();
  }
  // A helper that never answers for one source and does its work for the others.
  std::string stuck_helper(const std::string& source) {
    const std::string path = tree_.write(
        "helper", fmt::format("#!/bin/sh\nwish=$(cat)\ncase \"$wish\" "
                              "in\n*'\"scan\":\"{}\"'*|*'\"art\":'*stuck.png*) "
                              "exec sleep 1000;;\nesac\nprintf %s \"$wish\" | exec {}\n",
                              source, PF_BIN_DIR "/punktfunk-library"));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  Tree tree_;
  const SystemClock clock_;
  HealthBoard board_;
  std::atomic<int> changes_{0};
  std::optional<Library> library_;
};

TEST_F(LibraryTest, KnowsNothingBeforeTheFirstScan) {
  game(570, "Dota 2");
  open();
  EXPECT_TRUE(library_->now()->entries.empty());
  EXPECT_EQ(source(*library_->now(), "steam").state, State::scanning);
}

TEST_F(LibraryTest, ListsAllSourcesByTitle) {
  game(570, "Dota 2");
  menu("Chess", "chess");
  auto rules = all_sources();
  rules.custom = {{.name = "Alpha", .command = {"alpha"}, .working_folder = "", .image = ""}};
  open({}, rules);
  const auto shelf = scanned();
  ASSERT_EQ(shelf->entries.size(), 3u);
  EXPECT_EQ(shelf->entries[0].id, "custom:Alpha");
  EXPECT_EQ(shelf->entries[1].id, "desktop:Chess");
  EXPECT_EQ(shelf->entries[2].id, "steam:570");
  EXPECT_EQ(source(*shelf, "steam").state, State::ready);
  EXPECT_EQ(source(*shelf, "steam").entry_count, 1u);
  EXPECT_EQ(source(*shelf, "lutris").state, State::absent);
  EXPECT_TRUE(source(*shelf, "steam").scanned_at);
  EXPECT_GE(changes_, 1);
}

TEST_F(LibraryTest, ShowsAGameOnceThatTwoSourcesHave) {
  game(620, "Portal 2");
  menu("Portal", "steam steam://rungameid/620");
  menu("Elsewhere", "steam steam://rungameid/999");
  open();
  const auto shelf = scanned();
  ASSERT_EQ(shelf->entries.size(), 2u);
  EXPECT_EQ(shelf->entries[0].id, "desktop:Elsewhere");
  EXPECT_EQ(shelf->entries[1].id, "steam:620");
}

TEST_F(LibraryTest, FindsWhatIsNewAndTellsOnlyOfChanges) {
  game(570, "Dota 2");
  open();
  scanned();
  const int before = changes_;
  scanned();
  EXPECT_EQ(changes_, before);
  game(620, "Portal 2");
  library_->scan_if_older(std::chrono::hours(1));  // it is younger
  EXPECT_EQ(scanned()->entries.size(), 2u);
  EXPECT_EQ(changes_, before + 1);
}

TEST_F(LibraryTest, FollowsTheSettings) {
  game(570, "Dota 2");
  menu("Chess", "chess");
  open();
  ASSERT_EQ(scanned()->entries.size(), 2u);
  auto rules = all_sources();
  std::erase(rules.sources, "steam");
  library_->set_rules(rules);
  const auto shelf = wait_for([](const Shelf& one) { return one.entries.size() == 1; });
  EXPECT_EQ(shelf->entries[0].id, "desktop:Chess");
  EXPECT_EQ(source(*shelf, "steam").state, State::off);
  library_->set_rules(all_sources());
  wait_for([](const Shelf& one) { return one.entries.size() == 2; });
}

TEST_F(LibraryTest, ASourceThatDoesNotAnswerHoldsUpNobody) {
  game(570, "Dota 2");
  menu("Chess", "chess");
  open({.helper = stuck_helper("steam"), .places = {}, .scan_patience = 1000s});
  library_->scan();
  const auto shelf = wait_for([](const Shelf& one) { return one.entries.size() == 1; });
  EXPECT_EQ(source(*shelf, "steam").state, State::scanning);
  EXPECT_TRUE(shelf->scanning);
}

TEST_F(LibraryTest, ASourceThatDoesNotAnswerIsGivenUpAndSaysSo) {
  game(570, "Dota 2");
  auto rules = all_sources();
  rules.sources = {"steam"};
  open({.helper = stuck_helper("steam"), .places = {}, .scan_patience = 300ms}, rules);
  library_->scan();
  const auto shelf = wait_for(
      [&](const Shelf& one) { return source(one, "steam").state == State::not_answering; });
  EXPECT_FALSE(shelf->scanning);
  EXPECT_TRUE(shelf->complete());
  EXPECT_NE(source(*shelf, "steam").problem.find("have not answered for"), std::string::npos);
}

TEST_F(LibraryTest, EndsAtOnceWhileASourceDoesNotAnswer) {
  open({.helper = stuck_helper("steam"), .places = {}, .scan_patience = 1000s});
  library_->scan();
  wait_for([&](const Shelf& shelf) { return shelf.scanning; });
  const auto began = std::chrono::steady_clock::now();
  library_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, kPatience);  // and not after 1000 s
}

TEST_F(LibraryTest, ASourceThatFailsKeepsWhatItHad) {
  game(570, "Dota 2");
  const std::string helper = tree_.path("helper");
  std::filesystem::create_symlink(PF_BIN_DIR "/punktfunk-library", helper);
  open({.helper = helper, .places = {}});
  ASSERT_EQ(scanned()->entries.size(), 1u);
  std::filesystem::remove(helper);
  std::filesystem::create_symlink("/bin/false", helper);
  const auto shelf = scanned();
  EXPECT_EQ(shelf->entries.size(), 1u);
  EXPECT_EQ(source(*shelf, "steam").state, State::failed);
  EXPECT_NE(source(*shelf, "steam").problem.find("ended without an answer"), std::string::npos);
  std::filesystem::remove(helper);
  EXPECT_EQ(source(*scanned(), "steam").state, State::failed);
}

TEST_F(LibraryTest, GivesPicturesAndKeepsThem) {
  game(570, "Dota 2");
  const std::string file = ".local/share/Steam/appcache/librarycache/570_library_600x900.jpg";
  tree_.write(file, jpeg_head(600, 900) + "the rest");
  open();
  scanned();
  const auto picture = art("steam:570");
  ASSERT_TRUE(picture) << picture.error().what;
  EXPECT_EQ((*picture)->media_type, "image/jpeg");
  EXPECT_EQ((*picture)->bytes, jpeg_head(600, 900) + "the rest");
  std::filesystem::remove(tree_.path(file));
  EXPECT_TRUE(art("steam:570"));  // kept
  EXPECT_EQ(art("steam:571").error().kind, ErrorKind::unavailable);
  const auto broken = art("steam:570", true);
  ASSERT_FALSE(broken);
}

TEST_F(LibraryTest, PicturesThatDoNotAnswerHoldUpNobody) {
  game(570, "Dota 2");
  tree_.write(".local/share/Steam/userdata/1/config/grid/570p.png", png_head(600, 900));
  auto rules = all_sources();
  rules.custom = {{.name = "Stuck",
                   .command = {"x"},
                   .working_folder = "",
                   .image = tree_.write("stuck.png", png_head(600, 900))}};
  open({.helper = stuck_helper("none"), .places = {}, .art_patience = 3s}, rules);
  scanned();
  auto stuck = std::async(std::launch::async, [&] { return art("custom:Stuck"); });
  EXPECT_TRUE(art("steam:570"));
  EXPECT_EQ(stuck.get().error().kind, ErrorKind::timed_out);
  EXPECT_EQ(art("custom:Stuck").error().kind, ErrorKind::timed_out);  // without asking again
}

}  // namespace
}  // namespace pf::library
