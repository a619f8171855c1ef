// Every row of the table of close codes, over a good way and over bad ones, and that a row that is
// not kept to is found. A thousand seeds run as a test of their own (CMakeLists.txt).
#include "sim/knock.h"

#include <set>

#include <gtest/gtest.h>

namespace pf::sim {
namespace {

TEST(Knock, EveryRowEndsAsTheTableSays) {
  for (const Row& row : reject_table()) {
    SeededRng rng(1);
    const KnockOutcome outcome = knock({.row = row, .patience = milliseconds(500)}, rng);
    EXPECT_EQ(outcome.violations, "");
    EXPECT_EQ(outcome.streamed, row.streams) << row.what;
  }
}

TEST(Knock, TheTableHasEveryCodeThatAHostRefusesWith) {
  std::set<message::CloseCode> codes;
  for (const Row& row : reject_table()) codes.insert(row.code);
  using message::CloseCode;
  for (const CloseCode code :
       {CloseCode::busy, CloseCode::pairing_not_armed, CloseCode::pairing_other_device,
        CloseCode::pairing_rate_limited, CloseCode::no_identity, CloseCode::denied,
        CloseCode::approval_timed_out, CloseCode::superseded, CloseCode::wire_version,
        CloseCode::setup_failed, CloseCode::access_ended, CloseCode::launch_not_permitted})
    EXPECT_TRUE(codes.contains(code)) << static_cast<std::uint64_t>(code);
}

TEST(Knock, AnApprovalThatNobodyGivesEndsAfterThreeMinutes) {
  for (const Row& row : reject_table()) {
    if (row.circumstance != Circumstance::operator_is_away) continue;
    SeededRng rng(1);
    const KnockOutcome outcome = knock({.row = row}, rng);
    EXPECT_EQ(outcome.violations, "");
    EXPECT_GE(outcome.length, seconds(180));
    EXPECT_LT(outcome.length, seconds(181));
  }
}

TEST(Knock, ALineThatIsLostEndsBothWithoutAWord) {
  for (const Row& row : reject_table()) {
    SeededRng rng(1);
    const KnockOutcome outcome = knock({.row = row, .lost_at = milliseconds(1)}, rng);
    EXPECT_EQ(outcome.violations, "") << row.what;
  }
}

TEST(Knock, ARowThatIsNotKeptToIsFound) {
  Row row = reject_table().front();
  row.code = message::CloseCode::busy;
  SeededRng rng(1);
  EXPECT_NE(knock({.row = row, .patience = milliseconds(100)}, rng).violations, "");
}

TEST(Knock, PlantedFaultsAreFound) {
  for (const Sabotage sabotage : {Sabotage::close_swallowed, Sabotage::over_told_twice}) {
    for (const Row& row : reject_table()) {
      SeededRng rng(1);
      const KnockOutcome outcome = knock({.row = row, .sabotage = sabotage}, rng);
      EXPECT_NE(outcome.violations, "") << row.what;
    }
  }
}

}  // namespace
}  // namespace pf::sim
