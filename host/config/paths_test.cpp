#include "host/config/paths.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace pf::config {
namespace {

TEST(FindPaths, FollowsTheVariables) {
  const auto paths = find_paths({.home = "/home/a", .config_home = "/c", .state_home = "/s"});
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->config_file, "/c/punktfunk/host.toml");
  EXPECT_EQ(paths->state_dir, "/s/punktfunk");
}

TEST(FindPaths, FallsBackToTheHomeFolder) {
  const auto paths = find_paths({.home = "/home/a"});
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->config_file, "/home/a/.config/punktfunk/host.toml");
  EXPECT_EQ(paths->state_dir, "/home/a/.local/state/punktfunk");
}

TEST(FindPaths, IgnoresRelativeVariables) {
  const auto paths = find_paths({.home = "/home/a", .config_home = "c", .state_home = "./s"});
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->config_file, "/home/a/.config/punktfunk/host.toml");
  EXPECT_EQ(paths->state_dir, "/home/a/.local/state/punktfunk");
}

TEST(FindPaths, AsksForAHomeWhereThereIsNone) {
  const auto paths = find_paths({.config_home = "/c"});
  ASSERT_FALSE(paths);
  EXPECT_EQ(paths.error().kind, ErrorKind::refused);
  EXPECT_NE(paths.error().what.find("HOME is not set"), std::string::npos);
}

class MakePrivateFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-paths-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(MakePrivateFolder, MakesAllMissingFoldersForTheOwnerAlone) {
  const std::string path = folder_ + "/state/punktfunk";
  ASSERT_TRUE(make_private_folder(path));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0700u);
  EXPECT_TRUE(make_private_folder(path)) << "a second time is fine";
  EXPECT_TRUE(std::filesystem::is_empty(path)) << "leaves nothing behind";
}

TEST_F(MakePrivateFolder, NamesTheFolderThatIsInTheWay) {
  std::ofstream(folder_ + "/state") << "a file";
  const auto done = make_private_folder(folder_ + "/state/punktfunk");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::refused);
  EXPECT_NE(done.error().what.find(folder_ + "/state"), std::string::npos);
}

TEST_F(MakePrivateFolder, RefusesAFolderThatCannotBeWritten) {
  // /proc takes no files, not even from root.
  const auto done = make_private_folder("/proc/self");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::refused);
  EXPECT_NE(done.error().what.find("/proc/self"), std::string::npos);
}

}  // namespace
}  // namespace pf::config
