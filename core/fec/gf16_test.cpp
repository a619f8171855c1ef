#include "core/fec/gf16.h"

#include <gtest/gtest.h>

namespace pf::fec {
namespace {

TEST(Gf16, MultiplicationIsAField) {
  for (std::uint32_t a = 1; a < 65536; a += 97) {
    EXPECT_EQ(multiply(static_cast<Gf16>(a), inverse(static_cast<Gf16>(a))), 1);
    EXPECT_EQ(multiply(static_cast<Gf16>(a), 1), a);
    const Gf16 b = static_cast<Gf16>(a * 31 + 7), c = static_cast<Gf16>(a * 127 + 3);
    EXPECT_EQ(multiply(static_cast<Gf16>(a), b ^ c),
              multiply(static_cast<Gf16>(a), b) ^ multiply(static_cast<Gf16>(a), c));
  }
}

TEST(Gf16, NumbersBelow256AreASubfield) {
  for (std::uint32_t a = 1; a < 256; ++a) {
    EXPECT_LT(inverse(static_cast<Gf16>(a)), 256);
    EXPECT_LT(multiply(static_cast<Gf16>(a), 0xA7), 256);
  }
}

TEST(Gf16, TheVanishingPolynomialOfTheSubfieldOfTwoIsAShift) {
  // s_1(x) = x * (x + 1) = x >> 1: the property that makes twiddles shifts.
  for (std::uint32_t x = 0; x < 65536; ++x) {
    ASSERT_EQ(multiply(static_cast<Gf16>(x), static_cast<Gf16>(x ^ 1)), x >> 1);
  }
}

TEST(Gf16Layout, TheSmallerPowerIsTheSizeOfTheTransforms) {
  EXPECT_TRUE(gf16_layout(50, 10).high_rate);
  EXPECT_EQ(gf16_layout(50, 10).size(), 16u);
  EXPECT_FALSE(gf16_layout(10, 50).high_rate);
  EXPECT_EQ(gf16_layout(10, 50).size(), 16u);
  EXPECT_TRUE(gf16_layout(40, 60).high_rate);
}

TEST(Gf16Layout, ACodeExistsWhereAllPointsFitTheField) {
  EXPECT_TRUE(gf16_exists(32768, 32768));
  EXPECT_TRUE(gf16_exists(65535, 1));
  EXPECT_TRUE(gf16_exists(4096, 60000));
  EXPECT_FALSE(gf16_exists(65535, 2));
  EXPECT_FALSE(gf16_exists(40000, 40000));
  EXPECT_FALSE(gf16_exists(0, 1));
  EXPECT_FALSE(gf16_exists(1, 0));
  EXPECT_FALSE(gf16_exists(65536, 1));
}

}  // namespace
}  // namespace pf::fec
