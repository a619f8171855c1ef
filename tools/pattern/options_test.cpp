#include "tools/pattern/options.h"

#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

namespace pf::pattern_client {
namespace {

Result<Options> parse(std::initializer_list<const char*> arguments) {
  return parse_options(std::vector<const char*>(arguments));
}

TEST(Options, HaveDefaultsAndTakeValues) {
  EXPECT_EQ(parse({})->size_px, (SizePx{1280, 720}));
  const auto options =
      parse({"--size", "640x361", "--fps", "30", "--static", "--snow", "--stats", "/tmp/s"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->size_px, (SizePx{640, 361}));
  EXPECT_EQ(options->fps, 30u);
  EXPECT_TRUE(options->still);
  EXPECT_EQ(options->scene, pattern::Painter::Scene::snow);
  EXPECT_EQ(options->stats_path, "/tmp/s");
}

TEST(Options, RefuseNonsenseByName) {
  for (const char* size : {"0x0", "99999x99999", "1280", "axb", "1280x720x", "-1x720", ""}) {
    const auto options = parse({"--size", size});
    ASSERT_FALSE(options) << size;
    EXPECT_NE(options.error().what.find("--size"), std::string::npos);
  }
  EXPECT_FALSE(parse({"--fps", "0"}));
  EXPECT_FALSE(parse({"--fps"}));
  EXPECT_NE(parse({"--frobnicate"}).error().what.find("--frobnicate"), std::string::npos);
}

}  // namespace
}  // namespace pf::pattern_client
