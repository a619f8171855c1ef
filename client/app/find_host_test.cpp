#include "client/app/find_host.h"

#include <gtest/gtest.h>

namespace pf::client_app {
namespace {

TEST(FindHost, ThePortMayBeMissing) {
  EXPECT_EQ(with_port("box"), "box:9777");
  EXPECT_EQ(with_port("box:1"), "box:1");
  EXPECT_EQ(with_port("10.0.0.7"), "10.0.0.7:9777");
  EXPECT_EQ(with_port("::1"), "[::1]:9777");
  EXPECT_EQ(with_port("[::1]"), "[::1]:9777");
  EXPECT_EQ(with_port("[::1]:5"), "[::1]:5");
}

}  // namespace
}  // namespace pf::client_app
