#include "host/config/live_config.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "core/runtime/system_clock.h"
#include "host/config/settings_testing.h"

namespace pf::config {
namespace {

SettingChange change(std::string_view key, std::optional<Value> value = {}) {
  return {.setting = find_setting(key), .value = std::move(value)};
}

Value number(std::int64_t value) { return value; }

class LiveConfigTest : public ::testing::Test {
 protected:
  void open(std::vector<std::string> overrides = {}) {
    auto opened = LiveConfig::open(folder_.path(), std::move(overrides), board_, clock_);
    ASSERT_TRUE(opened) << opened.error().what;
    live_ = *std::move(opened);
    following_.emplace(*live_,
                       [this](const HostConfig&, const HostConfig& next) { return prepare(next); });
  }

  Result<LiveConfig::Install> prepare(const HostConfig& next) {
    if (next.video.encoder == "openh264")
      return fail(ErrorKind::unavailable, "there is no encoder openh264 here");
    return LiveConfig::Install([this, slices = next.video.slices] {
      std::lock_guard lock(mutex_);
      installed_.push_back(slices);
    });
  }

  Result<void> edit(std::vector<SettingChange> changes,
                    std::optional<std::string_view> revision = {}) {
    return live_->edit(changes, revision);
  }

  // Far longer than it ever takes.
  template <class Condition>
  bool soon(Condition condition) {
    for (int i = 0; i < 1000 && !condition(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return condition();
  }
  bool slices_soon(std::uint32_t slices) {
    return soon([&] { return live_->now()->in_force.video.slices == slices; });
  }
  std::vector<std::uint32_t> installed() {
    std::lock_guard lock(mutex_);
    return installed_;
  }
  Health health() {
    for (const HealthRow& row : board_.rows(clock_.now()))
      if (row.worker == "settings") return row.health;
    return Health::given_up;
  }

  SettingsFolder folder_;
  SystemClock clock_;
  HealthBoard board_;
  std::mutex mutex_;
  std::vector<std::uint32_t> installed_;  // under mutex_
  std::unique_ptr<LiveConfig> live_;
  std::optional<LiveConfig::Following> following_;
};

TEST_F(LiveConfigTest, PutsInForceWhatAnEditorHasSaved) {
  folder_.write("[video]\nslices = 2\n");
  open();
  EXPECT_EQ(live_->now()->in_force.video.slices, 2u);
  folder_.write("[video]\nslices = 3\n");
  EXPECT_TRUE(slices_soon(3)) << "written in its place";
  folder_.replace("[video]\nslices = 4\n");
  EXPECT_TRUE(slices_soon(4)) << "put in its place";
  std::filesystem::remove(folder_.path());
  EXPECT_TRUE(slices_soon(1)) << "without a file the defaults";
  folder_.write("[video]\nslices = 5\n");
  EXPECT_TRUE(slices_soon(5)) << "there again";
}

TEST_F(LiveConfigTest, SeesThroughLinks) {
  const SettingsFolder target;
  target.write("[video]\nslices = 2\n");
  std::filesystem::create_symlink(target.path(), folder_.path());
  open();
  target.replace("[video]\nslices = 3\n");
  EXPECT_TRUE(slices_soon(3));
}

TEST_F(LiveConfigTest, KeepsTheLastGoodOneWhileTheFileIsBroken) {
  folder_.write("[video]\nslices = 2\n");
  open();
  ASSERT_TRUE(soon([&] { return health() == Health::working; }));
  for (const auto& [text, line] :
       {std::pair("[video]\nslices = = 3\n", ":2: "), std::pair("[video]\n\nslises = 3\n", ":3: "),
        std::pair("[video]\nencoder = 'openh264'\n", "no encoder")}) {
    folder_.write(text);
    ASSERT_TRUE(soon([&, expected = line] {
      return live_->now()->problem.find(expected) != std::string::npos;
    })) << live_->now()->problem;
    EXPECT_EQ(health(), Health::healing);
    EXPECT_EQ(live_->now()->in_force.video.slices, 2u);
  }
  folder_.write("[video]\nslices = 4\n");
  EXPECT_TRUE(slices_soon(4));
  EXPECT_EQ(live_->now()->problem, "");
  EXPECT_EQ(health(), Health::working);
}

TEST_F(LiveConfigTest, DoesNotReadWhatIsStillBeingWritten) {
  folder_.write("[video]\nslices = 2\n");
  open();
  const UniqueFd file(::open(folder_.path().c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  const std::string_view first = "[video]\nslices = 1", rest = "6\n";
  ASSERT_EQ(::write(file.get(), first.data(), first.size()), ssize_t(first.size()));
  std::this_thread::sleep_for(4 * LiveConfig::kSettle);
  EXPECT_EQ(live_->now()->in_force.video.slices, 2u);
  ASSERT_EQ(::write(file.get(), rest.data(), rest.size()), ssize_t(rest.size()));
  const_cast<UniqueFd&>(file).reset();
  EXPECT_TRUE(slices_soon(16));
  EXPECT_EQ(installed(), std::vector<std::uint32_t>{16});
}

TEST_F(LiveConfigTest, EditsTheFileAndIsInForceWhenItReturns) {
  folder_.write("# mine\n[video] # of it\nslices = 2\n");
  open();
  const std::string before = live_->now()->revision;
  ASSERT_TRUE(
      edit({change("video.slices", number(3)), change("session.open", Value(true))}, before));
  EXPECT_EQ(folder_.text(), "# mine\n[video] # of it\nslices = 3\n\n[session]\nopen = true\n");
  const auto now = live_->now();
  EXPECT_EQ(now->in_force.video.slices, 3u);
  EXPECT_TRUE(now->in_force.session.open);
  EXPECT_NE(now->revision, before);
  EXPECT_EQ(now->origin_of(*find_setting("session.open")), Origin::file);
  EXPECT_EQ(now->lines.at("session.open"), 6u);
  EXPECT_EQ(now->origin_of(*find_setting("network.port")), Origin::by_default);
  ASSERT_TRUE(edit({change("video.slices")}));
  EXPECT_EQ(live_->now()->in_force.video.slices, 1u);
}

TEST_F(LiveConfigTest, RefusesAStaleEdit) {
  folder_.write("[video]\nslices = 2\n");
  open();
  const std::string before = live_->now()->revision;
  folder_.write("[video]\nslices = 3\n");  // perhaps not yet seen
  const auto done = edit({change("video.slices", number(4))}, before);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().os_code, kStaleEdit);
  EXPECT_EQ(folder_.text(), "[video]\nslices = 3\n");
  EXPECT_TRUE(slices_soon(3));
}

TEST_F(LiveConfigTest, ChangesNothingWhenTheHostCannotHaveIt) {
  folder_.write("[video]\nslices = 2\n");
  open();
  const auto done = edit(
      {change("video.slices", number(3)), change("video.encoder", Value(std::string("openh264")))});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().what, "there is no encoder openh264 here");
  EXPECT_EQ(folder_.text(), "[video]\nslices = 2\n");
  EXPECT_EQ(live_->now()->in_force.video.slices, 2u);
}

TEST_F(LiveConfigTest, LeavesWhatNeedsARestartAndWhatTheCommandLineSays) {
  open({"video.slices=8", "network.mdns=false"});
  ASSERT_TRUE(edit({change("network.port", number(9)), change("video.slices", number(3))}));
  const auto now = live_->now();
  EXPECT_EQ(now->in_force.network.port, 9777);
  EXPECT_EQ(now->next_start.network.port, 9);
  EXPECT_EQ(now->in_force.video.slices, 8u);
  EXPECT_EQ(now->saved.video.slices, 3u);
  EXPECT_EQ(now->origin_of(*find_setting("video.slices")), Origin::command_line);
}

TEST_F(LiveConfigTest, LosesNoEditOfTwoEditorsAtOnce) {
  open();
  const auto editor = [this](std::string_view key) {
    for (std::int64_t value = 1; value <= 20; ++value) {
      const auto done = edit({change(key, number(value))});
      ASSERT_TRUE(done) << done.error().what;
    }
  };
  std::thread one(editor, "video.slices"), two(editor, "session.max_clients");
  one.join();
  two.join();
  EXPECT_EQ(live_->now()->saved.video.slices, 20u);
  EXPECT_EQ(live_->now()->saved.session.max_clients, 20u);
}

TEST_F(LiveConfigTest, EditsTextWhoseMeaningIsCheckedToo) {
  folder_.write("# mine\n[video]\nslices = 2\n");
  open();
  const std::string revision = live_->now()->revision;
  const auto append = [](std::string_view more) {
    return [more](std::string_view toml) -> Result<std::string> {
      return std::string(toml) + std::string(more);
    };
  };
  ASSERT_TRUE(live_->edit_text(append("[[app]]\nname = \"a\"\ncommand = [\"b\"]\n"), revision));
  ASSERT_EQ(live_->now()->in_force.apps.size(), 1u);
  EXPECT_EQ(live_->edit_text(append("# more\n"), revision).error().os_code, kStaleEdit);
  EXPECT_FALSE(live_->edit_text(append("[[app]]\n"), {}));
  EXPECT_EQ(live_->now()->in_force.apps.size(), 1u);
  const auto refuse = [](std::string_view) -> Result<std::string> {
    return fail(ErrorKind::unavailable, "no");
  };
  EXPECT_EQ(live_->edit_text(refuse, {}).error().kind, ErrorKind::unavailable);
}

TEST_F(LiveConfigTest, InstallsAgainWhatIsInForce) {
  folder_.write("[video]\nslices = 2\n");
  open();
  live_->install_again();
  EXPECT_EQ(installed(), (std::vector<std::uint32_t>{2}));
  following_.reset();
  live_->install_again();  // nobody follows
  EXPECT_EQ(installed().size(), 1u);
}

TEST_F(LiveConfigTest, SaysWhatIsWrongWhenTheHostStarts) {
  folder_.write("[video]\nslises = 2\n");
  const auto opened = LiveConfig::open(folder_.path(), {}, board_, clock_);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().what.find("host.toml:2: "), std::string::npos);
}

}  // namespace
}  // namespace pf::config
