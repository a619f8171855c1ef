#include "core/runtime/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace pf {
namespace {

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-paths-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(Files, MakePrivateFolderMakesAllMissingFoldersForTheOwnerAlone) {
  const std::string path = folder_ + "/state/punktfunk";
  ASSERT_TRUE(make_private_folder(path));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0700u);
  EXPECT_TRUE(make_private_folder(path)) << "a second time is fine";
  EXPECT_TRUE(std::filesystem::is_empty(path)) << "leaves nothing behind";
}

TEST_F(Files, MakePrivateFolderNamesTheFolderThatIsInTheWay) {
  std::ofstream(folder_ + "/state") << "a file";
  const auto done = make_private_folder(folder_ + "/state/punktfunk");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::refused);
  EXPECT_NE(done.error().what.find(folder_ + "/state"), std::string::npos);
}

TEST_F(Files, MakePrivateFolderRefusesAFolderThatCannotBeWritten) {
  // /proc takes no files, not even from root.
  const auto done = make_private_folder("/proc/self");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::refused);
  EXPECT_NE(done.error().what.find("/proc/self"), std::string::npos);
}

TEST_F(Files, ReplaceFileLeavesTheNewContentWithItsModeAndNothingElse) {
  const std::string path = folder_ + "/a/secret";
  ASSERT_TRUE(replace_file(path, "old", FileMode::secret));
  ASSERT_TRUE(replace_file(path, "new", FileMode::secret));
  EXPECT_EQ(*read_small_file(path), "new");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  const std::filesystem::directory_iterator entries(folder_ + "/a");
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(Files, ReplaceFileKeepsTheOldContentWhenTheNewCannotBeWritten) {
  const std::string path = folder_ + "/file";
  ASSERT_TRUE(replace_file(path, "old", FileMode::shared));
  std::filesystem::create_directory(path + ".new");  // in the way
  EXPECT_FALSE(replace_file(path, "new", FileMode::shared));
  EXPECT_EQ(*read_small_file(path), "old");
}

TEST_F(Files, ReadSmallFileRefusesWhatIsMissingOrTooLarge) {
  EXPECT_EQ(read_small_file(folder_ + "/none").error().kind, ErrorKind::unavailable);
  std::ofstream(folder_ + "/large") << std::string(kMaxSmallFileBytes + 1, 'x');
  EXPECT_EQ(read_small_file(folder_ + "/large").error().kind, ErrorKind::exhausted);
}

}  // namespace
}  // namespace pf
