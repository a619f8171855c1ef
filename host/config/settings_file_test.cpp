#include "host/config/settings_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <thread>
#include <vector>

#include "host/config/config_file.h"
#include "host/config/settings_testing.h"

namespace pf::config {
namespace {

SettingChange change(std::string_view key, std::optional<Value> value = {}) {
  return {.setting = find_setting(key), .value = std::move(value)};
}

Value number(std::int64_t value) { return value; }

Result<void> replace(const std::string& path, std::string_view text) {
  PF_TRY(const SettingsText now, read_settings_text(path));
  return replace_settings_text(path, text, now.revision);
}

TEST(EditSettings, ChangesAllOrNothing) {
  const std::vector<SettingChange> changes{change("video.slices", number(2)),
                                           change("session.open", Value(true)),
                                           change("network.port")};
  const auto text =
      edit_settings("[network]\nport = 1 # mine\n[video]\nslices=8\n", "host.toml", changes);
  ASSERT_TRUE(text) << text.error().what;
  EXPECT_EQ(*text, "[network]\n# mine\n[video]\nslices=2\n\n[session]\nopen = true\n");
}

TEST(EditSettings, NamesEveryValueThatDoesNotSuit) {
  const std::vector<SettingChange> changes{change("video.slices", number(33)),
                                           change("session.open", Value(true)),
                                           change("video.encoder", Value(std::string("x265")))};
  const auto text = edit_settings("", "host.toml", changes);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::malformed);
  EXPECT_EQ(text.error().what,
            "video.slices is 33, but must be a whole number from 1 to 32\n"
            "video.encoder is \"x265\", but must be one of auto, x264, openh264: did you mean "
            "'x264'?");
}

TEST(EditSettings, MendsAWrongValueButLeavesNoOtherBehind) {
  const std::vector<SettingChange> changes{change("video.slices", number(2))};
  EXPECT_EQ(edit_settings("[video]\nslices = 99\n", "host.toml", changes), "[video]\nslices = 2\n");
  EXPECT_EQ(edit_settings("[video]\nslises = 9\n", "host.toml", changes).error().what,
            "host.toml:2: unknown setting 'video.slises': did you mean 'video.slices'?");
  const auto broken = edit_settings("[video]\nslices =\n", "host.toml", changes);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().what.rfind("host.toml:2: ", 0), 0u) << broken.error().what;
}

TEST(SettingsText, IsReplacedWithItsModeAndLeavesNothingBeside) {
  const SettingsFolder folder;
  folder.write("a = 1\n");
  chmod(folder.path().c_str(), 0640);
  ASSERT_TRUE(replace(folder.path(), "b = 2\n"));
  EXPECT_EQ(folder.text(), "b = 2\n");
  struct stat now {};
  ASSERT_EQ(stat(folder.path().c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 07777, 0640u);
  EXPECT_EQ(folder.file_count(), 1u);
}

TEST(SettingsText, StaysBehindItsLink) {
  const SettingsFolder folder, link;
  folder.write("a = 1\n");
  std::filesystem::create_symlink(folder.path(), link.path());
  ASSERT_TRUE(replace(link.path(), "b = 2\n"));
  EXPECT_TRUE(std::filesystem::is_symlink(link.path()));
  EXPECT_EQ(folder.text(), "b = 2\n");
  EXPECT_EQ(link.file_count(), 1u);
}

TEST(SettingsText, IsMadeWithItsFolderAlsoWhereALinkLeadsNowhereYet) {
  const SettingsFolder folder;
  const std::string path = folder.folder() + "/deep/er/host.toml";
  std::filesystem::create_symlink("deep/er/host.toml", folder.path());
  ASSERT_TRUE(replace(folder.path(), "b = 2\n"));
  EXPECT_EQ(read_settings_text(path)->text, "b = 2\n");
}

TEST(SettingsText, IsNotReplacedByAStaleEdit) {
  const SettingsFolder folder;
  folder.write("a = 1\n");
  const auto before = read_settings_text(folder.path());
  ASSERT_TRUE(before);
  folder.write("a = 2\n");
  const auto done = replace_settings_text(folder.path(), "a = 3\n", before->revision);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().os_code, kStaleEdit);
  EXPECT_EQ(folder.text(), "a = 2\n");
  EXPECT_EQ(folder.file_count(), 1u);
}

TEST(SettingsText, LosesNoEditOfManyEditorsAtOnce) {
  const SettingsFolder folder;
  folder.write("# kept\n");
  const std::vector<std::string_view> keys{"network.port", "video.slices", "session.max_clients",
                                           "desktop.linger_s"};
  std::vector<std::thread> editors;
  for (const std::string_view key : keys) {
    editors.emplace_back([&folder, key] {
      for (std::int64_t value = 1; value <= 10;) {
        const std::vector<SettingChange> changes{change(key, number(value))};
        const auto before = read_settings_text(folder.path());
        const auto text = edit_settings(before->text, "host.toml", changes);
        const auto done = replace_settings_text(folder.path(), *text, before->revision);
        ASSERT_TRUE(done || done.error().os_code == kStaleEdit) << done.error().what;
        if (done) ++value;
      }
    });
  }
  for (std::thread& editor : editors) editor.join();
  const auto config = parse_config(folder.text(), "host.toml");
  ASSERT_TRUE(config) << config.error().what;
  for (const std::string_view key : keys)
    EXPECT_EQ(value_of(*config, *find_setting(key)), number(10)) << key;
  EXPECT_EQ(folder.text().rfind("# kept\n", 0), 0u);
}

// No file of this process gets larger than so; a disk that is full answers alike.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(SettingsText, SurvivesAFullDisk) {
  const SettingsFolder folder;
  folder.write("a = 1\n");
  Result<void> done;
  {
    const FullDisk full(20);
    done = replace(folder.path(), "a = 2 # " + std::string(100, 'x') + "\n");
  }
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::exhausted);
  EXPECT_EQ(folder.text(), "a = 1\n");
  EXPECT_EQ(folder.file_count(), 1u);
}

// Root may write anywhere: the test becomes somebody else for a while.
class NotRoot {
 public:
  NotRoot() { PF_CHECK(!was_root_ || seteuid(kNobody) == 0); }
  ~NotRoot() { PF_CHECK(!was_root_ || seteuid(0) == 0); }

 private:
  static constexpr uid_t kNobody = 65'534;
  const bool was_root_ = geteuid() == 0;
};

TEST(SettingsText, SaysThatItMayNotBeWritten) {
  const SettingsFolder folder;
  folder.write("a = 1\n");
  chmod(folder.folder().c_str(), 0555);
  chmod(folder.path().c_str(), 0666);
  {
    const NotRoot somebody;
    const auto closed_folder = replace(folder.path(), "a = 2\n");
    ASSERT_FALSE(closed_folder);
    EXPECT_EQ(closed_folder.error().kind, ErrorKind::refused);
    EXPECT_NE(closed_folder.error().what.find(folder.folder()), std::string::npos);
  }
  chmod(folder.folder().c_str(), 0777);
  chmod(folder.path().c_str(), 0444);
  {
    const NotRoot somebody;
    const auto closed_file = replace(folder.path(), "a = 2\n");
    ASSERT_FALSE(closed_file);
    EXPECT_EQ(closed_file.error().kind, ErrorKind::refused);
  }
  EXPECT_EQ(folder.text(), "a = 1\n");
  EXPECT_EQ(folder.file_count(), 1u);
}

}  // namespace
}  // namespace pf::config
