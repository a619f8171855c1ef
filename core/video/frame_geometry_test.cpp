#include "core/video/frame_geometry.h"

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::video {
namespace {

TEST(FrameGeometry, FollowsTheKnownRows) {
  const auto rules = testing::load_vectors("rules.json");
  for (const auto& row : rules.at("geometry").at("rows")) {
    const BlockRules block_rules{.max_data_count = row.at("max_data_per_block"),
                                 .agreed_percent = row.at("fec_percent_welcome")};
    const FrameGeometry geometry(row.at("frame_bytes"), row.at("shard"), block_rules,
                                 row.at("fec_percent_now"));
    SCOPED_TRACE(row.dump());
    EXPECT_EQ(geometry.data_count(), row.at("total_data_shards").get<std::uint32_t>());
    ASSERT_EQ(geometry.block_count(), row.at("block_count").get<std::uint16_t>());
    std::uint32_t base = 0, parity = 0;
    for (std::uint16_t b = 0; b < geometry.block_count(); ++b) {
      const BlockShape expected{.base_shard = base,
                                .first_parity = parity,
                                .data_count = row.at("blocks_k_m").at(b).at(0),
                                .parity_count = row.at("blocks_k_m").at(b).at(1)};
      EXPECT_EQ(geometry.block(b), expected);
      base += expected.data_count;
      parity += expected.parity_count;
    }
    EXPECT_EQ(geometry.data_count(), base);
    EXPECT_EQ(geometry.parity_count(), parity);
  }
}

TEST(FrameGeometry, ParityIsRoundedUp) {
  const auto rules = testing::load_vectors("rules.json");
  for (const auto& row : rules.at("parity_before_cap").at("rows")) {
    EXPECT_EQ(parity_for(row.at(1), row.at(0)), row.at(2).get<std::uint32_t>()) << row;
  }
}

TEST(FrameGeometry, TheFieldBoundsABlockToo) {
  const FrameGeometry geometry(250 * 1408, 1408, {.max_data_count = 250, .max_shard_count = 255},
                               50);
  EXPECT_EQ(geometry.block(0).parity_count, 5);
}

}  // namespace
}  // namespace pf::video
