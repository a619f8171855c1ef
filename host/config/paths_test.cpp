#include "host/config/paths.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace pf::config
