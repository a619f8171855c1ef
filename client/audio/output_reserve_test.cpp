#include "client/audio/output_reserve.h"

#include <gtest/gtest.h>

namespace pf::client_audio {
namespace {

constexpr std::uint32_t kCycle = 256;

void play(OutputReserve& reserve, int cycles, std::uint32_t used = 0) {
  for (int i = 0; i < cycles; ++i)
    reserve.on_cycle(kCycle, reserve.frames() - std::min(used, reserve.frames()), 0);
}

TEST(OutputReserve, ShrinksToTheLeastWhereNobodyIsLate) {
  OutputReserve reserve;
  EXPECT_EQ(reserve.frames(), OutputReserve::kFirst);
  play(reserve, 3'000);  // 16 s
  EXPECT_EQ(reserve.frames(), OutputReserve::kFirst);
  play(reserve, 1'500);
  EXPECT_EQ(reserve.frames(), OutputReserve::kSpare);
}

TEST(OutputReserve, GrowsByWhatWasMissingAndKeepsItForAWhile) {
  OutputReserve reserve;
  reserve.on_cycle(kCycle, 0, 100);
  EXPECT_EQ(reserve.frames(), OutputReserve::kFirst + 100 + OutputReserve::kSpare);
  play(reserve, 2'500);
  EXPECT_EQ(reserve.frames(), OutputReserve::kFirst + 100 + OutputReserve::kSpare);
  play(reserve, 2'000);
  EXPECT_EQ(reserve.frames(), OutputReserve::kSpare);
}

TEST(OutputReserve, KeepsWhatIsUsedAgainAndAgain) {
  OutputReserve reserve;
  for (int i = 0; i < 20; ++i) {
    play(reserve, 1'000);
    play(reserve, 1, 200);
  }
  EXPECT_EQ(reserve.frames(), 200 + OutputReserve::kSpare);
}

TEST(OutputReserve, NeverGrowsBeyondItsBound) {
  OutputReserve reserve;
  for (int i = 0; i < 100; ++i) reserve.on_cycle(kCycle, 0, kCycle);
  EXPECT_EQ(reserve.frames(), OutputReserve::kMost);
}

}  // namespace
}  // namespace pf::client_audio
