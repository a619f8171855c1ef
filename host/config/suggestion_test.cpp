#include "host/config/suggestion.h"

#include <gtest/gtest.h>

#include <array>

namespace pf::config {
namespace {

constexpr std::array<std::string_view, 3> kNames{"network.port", "network.data_port",
                                                 "video.slices"};

TEST(DidYouMean, FindsTheNearestName) {
  EXPECT_EQ(did_you_mean("network.prot", kNames), ": did you mean 'network.port'?");
  EXPECT_EQ(did_you_mean("network.dataport", kNames), ": did you mean 'network.data_port'?");
  EXPECT_EQ(did_you_mean("video.slice", kNames), ": did you mean 'video.slices'?");
}

TEST(DidYouMean, KeepsQuietWhenNothingIsNear) {
  EXPECT_EQ(did_you_mean("audio.bitrate", kNames), "");
  EXPECT_EQ(did_you_mean("", kNames), "");
  EXPECT_EQ(did_you_mean(std::string(100'000, 'n'), kNames), "");
}

}  // namespace
}  // namespace pf::config
