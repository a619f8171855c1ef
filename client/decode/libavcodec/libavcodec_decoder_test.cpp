#include "client/decode/libavcodec/libavcodec_decoder.h"

#include <vector>

#include <gtest/gtest.h>

#include "core/base/rng.h"

namespace pf::decode {
namespace {

TEST(LibavcodecDecoder, GivesNoPictureForGarbageAndLivesOn) {
  auto decoder = open_libavcodec_decoder();
  ASSERT_TRUE(decoder);
  SeededRng rng(11);
  for (std::uint64_t i = 0; i < 200; ++i) {
    std::vector<std::byte> garbage(rng.below(3000));
    rng.fill(garbage);
    const std::byte start[] = {std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1},
                               std::byte{0x65}};
    if (garbage.size() > 5 && i % 2 == 0) std::copy(start, start + 5, garbage.begin());
    const auto picture = (*decoder)->decode(garbage, FrameId{i});
    ASSERT_TRUE(picture) << picture.error().what;
    EXPECT_FALSE(picture->has_value());
  }
}

TEST(LibavcodecDecoder, RefusesAnAccessUnitBeyondItsBound) {
  auto decoder = open_libavcodec_decoder();
  ASSERT_TRUE(decoder);
  const std::vector<std::byte> huge(kMaxAccessUnitBytes + 1);
  const auto picture = (*decoder)->decode(huge, FrameId{0});
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace pf::decode
