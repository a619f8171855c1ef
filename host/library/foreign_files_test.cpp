#include "host/library/foreign_files.h"

#include <gtest/gtest.h>

#include "host/library/tree_testing.h"

namespace pf::library {
namespace {

TEST(ForeignFile, IsReadWholeOrNotAtAll) {
  const Tree tree;
  EXPECT_EQ(*read_foreign_file(tree.write("a", "text"), 4), "text");
  EXPECT_EQ(*read_foreign_file(tree.write("empty", ""), 0), "");
  EXPECT_EQ(read_foreign_file(tree.path("a"), 3).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(read_foreign_file(tree.path("b"), 3).error().kind, ErrorKind::unavailable);
}

TEST(ForeignFile, IsNeverWaitedFor) {
  const Tree tree;
  tree.fifo("fifo");
  tree.folder("folder");
  tree.link("loop", tree.path("loop"));
  tree.link("device", "/dev/zero");
  for (const char* name : {"fifo", "folder", "loop", "device"})
    EXPECT_EQ(read_foreign_file(tree.path(name), 100).error().kind, ErrorKind::refused) << name;
}

TEST(SeenFolders, KnowsAFolderByWhateverPath) {
  const Tree tree;
  tree.folder("a/b");
  tree.link("a/b/back", tree.path("a"));
  tree.write("file", "");
  SeenFolders seen;
  EXPECT_TRUE(seen.add(tree.path("a")));
  EXPECT_TRUE(seen.add(tree.path("a/b")));
  EXPECT_FALSE(seen.add(tree.path("a/b/back")));
  EXPECT_FALSE(seen.add(tree.path("file")));
  EXPECT_FALSE(seen.add(tree.path("nowhere")));
}

TEST(PlainName, StaysInItsFolder) {
  EXPECT_TRUE(is_plain_name("game.png"));
  for (const char* name : {"", ".", "..", "a/b", "../x", "/etc"}) EXPECT_FALSE(is_plain_name(name));
  EXPECT_FALSE(is_plain_name(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace pf::library
