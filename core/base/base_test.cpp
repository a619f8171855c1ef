#include <array>

#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/base/hex.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/secret.h"

namespace pf {
namespace {

TEST(ByteReader, StaysShortOnceItRanShort) {
  const std::array<std::byte, 3> bytes{std::byte{1}, std::byte{2}, std::byte{3}};
  ByteReader in(bytes);
  EXPECT_EQ(in.little<std::uint16_t>(), 0x0201);
  EXPECT_EQ(in.little<std::uint32_t>(), 0u);
  EXPECT_EQ(in.little<std::uint8_t>(), 0u);
  EXPECT_FALSE(in.ok());
  EXPECT_FALSE(in.finished());
}

TEST(ByteWriter, WritesBothOrdersAndStaysFullOnceItRanFull) {
  std::array<std::byte, 7> room{};
  ByteWriter out(room);
  out.big<std::uint32_t>(0x01020304);
  out.little<std::uint16_t>(0x0506);
  EXPECT_EQ(to_hex(out.written()), "010203040605");
  out.little<std::uint16_t>(7);
  out.little<std::uint8_t>(7);
  EXPECT_FALSE(out.ok());
  EXPECT_EQ(out.size(), 6u);
}

TEST(Hex, RoundTripsAndRefusesNonsense) {
  EXPECT_EQ(to_hex(*from_hex("00fFa5")), "00ffa5");
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("zz"));
}

Result<int> half(int number) {
  if (number % 2 != 0) return fail(ErrorKind::malformed, "{} is odd", number);
  return number / 2;
}
Result<int> quarter(int number) {
  PF_TRY(const int once, half(number));
  PF_TRY(const int twice, half(once));
  return twice;
}

TEST(Result, TryPassesTheFirstErrorUp) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().what, "3 is odd");
}

TEST(Rng, TheSameSeedGivesTheSameNumbersWithinBounds) {
  SeededRng a(7), b(7);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t drawn = a.below(10);
    EXPECT_LT(drawn, 10u);
    EXPECT_EQ(drawn, b.below(10));
  }
}

TEST(Secret, ComparesByContent) {
  Secret<4> key;
  EXPECT_TRUE(key.all_zero());
  key.fill()[3] = std::byte{1};
  EXPECT_FALSE(key.all_zero());
}

}  // namespace
}  // namespace pf
