#include <gtest/gtest.h>

#include "host/library/source.h"
#include "host/library/tree_testing.h"

namespace pf::library {
namespace {

TEST(CustomSource, ShowsTheConfigurationsApplicationsWithTheirPictures) {
  const Tree tree;
  Query query = tree.query();
  EXPECT_EQ(custom::scan(query).error().kind, ErrorKind::unavailable);
  query.custom = {{.name = "Racing",
                   .command = {"race", "--fast"},
                   .working_folder = "/tmp",
                   .image = tree.write("race.png", png_head(600, 800))},
                  {.name = "Two words", .command = {"two"}, .working_folder = "", .image = ""},
                  {.name = "Broken", .command = {"b"}, .working_folder = "", .image = "/dev/null"}};
  const auto found = custom::scan(query);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->entries.size(), 3u);
  const Entry* const racing = entry_named(*found, "custom:Racing");
  ASSERT_NE(racing, nullptr);
  EXPECT_EQ(racing->command, (std::vector<std::string>{"race", "--fast"}));
  ASSERT_TRUE(racing->picture(ArtKind::poster));
  EXPECT_EQ(racing->picture(ArtKind::poster)->size_px, (SizePx{600, 800}));
  ASSERT_EQ(found->notes.size(), 1u);
  EXPECT_NE(found->notes[0].find("\"Broken\": the picture /dev/null is no regular file"),
            std::string::npos);
}

}  // namespace
}  // namespace pf::library
