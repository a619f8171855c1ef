#include "core/video/filler.h"

#include <gtest/gtest.h>

namespace pf::video {
namespace {

TEST(Filler, CountsItsOwnUnitsAndMarksThem) {
  Filler filler({.shard_bytes = 1000, .max_frame_bytes = 1 << 20, .rules = {}}, 16'384);
  for (std::uint64_t i = 0; i < 1000; ++i) {  // many more than the arena holds
    const FramePiece piece = filler.next(10'500, WireTime(Nanos(7)), 20);
    EXPECT_EQ(value(piece.id), i);
    EXPECT_EQ(piece.head.flags, message::frame_flags::kProbe);
    EXPECT_EQ(piece.geometry.data_count(), 11u);
    EXPECT_GT(piece.geometry.parity_count(), 0u);
    EXPECT_TRUE(piece.first && piece.last && !piece.streamed);
  }
  EXPECT_EQ(filler.next(~0u, {}, 0).geometry.frame_bytes(), 16'384u);
}

}  // namespace
}  // namespace pf::video
