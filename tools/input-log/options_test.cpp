#include "tools/input-log/options.h"

#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

namespace pf::input_log {
namespace {

Result<Options> parse(std::initializer_list<const char*> arguments) {
  return parse_options(std::vector<const char*>(arguments));
}

TEST(Options, HaveDefaultsAndTakeValues) {
  EXPECT_EQ(parse({})->path, "");
  EXPECT_EQ(parse({})->pointer, PointerWish::free);
  const auto options = parse({"--file", "/tmp/i", "--pointer", "locked"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->path, "/tmp/i");
  EXPECT_EQ(options->pointer, PointerWish::locked);
  EXPECT_TRUE(parse({"--help"})->help);
}

TEST(Options, RefuseNonsenseByName) {
  EXPECT_NE(parse({"--pointer", "tied"}).error().what.find("tied"), std::string::npos);
  EXPECT_NE(parse({"--file"}).error().what.find("--file"), std::string::npos);
  EXPECT_NE(parse({"--frobnicate"}).error().what.find("--frobnicate"), std::string::npos);
}

}  // namespace
}  // namespace pf::input_log
