#include "host/capture/damage.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace pf::capture {
namespace {

Damage list(const std::vector<RectPx>& rects) {
  Damage damage;
  for (const RectPx& rect : rects) EXPECT_TRUE(damage.push(rect));
  return damage;
}

bool covered(const Damage& damage, std::uint32_t x, std::uint32_t y) {
  for (const RectPx& rect : damage)
    if (x >= rect.x && x - rect.x < rect.width && y >= rect.y && y - rect.y < rect.height)
      return true;
  return damage.empty();
}

TEST(Damage, OfTwoPicturesIsThatOfBoth) {
  Damage sum = list({{0, 0, 8, 8}});
  add_damage(sum, list({{16, 0, 8, 8}, {2, 2, 4, 4}}));
  ASSERT_EQ(sum.size(), 2u) << "what lies within another need not be named";
  EXPECT_EQ(sum[1], (RectPx{16, 0, 8, 8}));
}

TEST(Damage, OfEverythingStaysThat) {
  Damage sum = list({{0, 0, 8, 8}});
  add_damage(sum, {});
  EXPECT_TRUE(sum.empty());
  add_damage(sum, list({{0, 0, 8, 8}}));
  EXPECT_TRUE(sum.empty());
}

RC_GTEST_PROP(Damage, NeverForgetsAPixel, (const std::vector<std::uint16_t>& seeds)) {
  Damage sum = list({{5, 5, 1, 1}});
  std::vector<RectPx> added{{5, 5, 1, 1}};
  for (const std::uint16_t seed : seeds) {
    const RectPx rect{seed % 64u, seed / 64u % 64u, seed % 7u + 1, seed % 5u + 1};
    added.push_back(rect);
    add_damage(sum, list({rect}));
  }
  for (const RectPx& rect : added) {
    RC_ASSERT(covered(sum, rect.x, rect.y));
    RC_ASSERT(covered(sum, rect.x + rect.width - 1, rect.y + rect.height - 1));
  }
}

}  // namespace
}  // namespace pf::capture
