#include "core/abi/handle_table.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace pf::abi {
namespace {

struct Counted {
  explicit Counted(std::atomic<int>& alive_now) : alive(alive_now) { ++alive; }
  ~Counted() { --alive; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  std::atomic<int>& alive;
};

class HandleTableTest : public ::testing::Test {
 protected:
  std::uintptr_t insert() { return table_.insert(std::make_unique<Counted>(alive_)); }
  std::atomic<int> alive_{0};
  HandleTable<Counted> table_;
};

TEST_F(HandleTableTest, TellsAClosedHandleFromOneThatNeverWas) {
  const std::uintptr_t handle = insert();
  EXPECT_TRUE(table_.use(handle));
  EXPECT_TRUE(table_.close(handle));
  EXPECT_EQ(alive_, 0);
  EXPECT_EQ(table_.use(handle).fault(), HandleFault::closed);
  EXPECT_FALSE(table_.close(handle));
  for (const std::uintptr_t wild : {std::uintptr_t{0}, std::uintptr_t{5}, ~std::uintptr_t{0},
                                    handle + HandleTable<Counted>::kMaxObjects}) {
    EXPECT_EQ(table_.use(wild).fault(), HandleFault::unknown);
  }
}

TEST_F(HandleTableTest, KnowsAClosedHandleWhenItsSlotIsUsedAnew) {
  const std::uintptr_t old = insert();
  table_.close(old);
  const std::uintptr_t anew = insert();
  EXPECT_NE(old, anew);
  EXPECT_EQ(table_.use(old).fault(), HandleFault::closed);
  EXPECT_FALSE(table_.close(old));
  EXPECT_TRUE(table_.use(anew));
}

TEST_F(HandleTableTest, KeepsAnObjectUntilItsLastUserIsDone) {
  const std::uintptr_t handle = insert();
  {
    const auto use = table_.use(handle);
    table_.close(handle);
    EXPECT_EQ(alive_, 1);
    EXPECT_EQ(table_.use(handle).fault(), HandleFault::closed);
  }
  EXPECT_EQ(alive_, 0);
}

TEST_F(HandleTableTest, HasABound) {
  for (std::uint32_t i = 0; i < HandleTable<Counted>::kMaxObjects; ++i) ASSERT_NE(insert(), 0u);
  EXPECT_EQ(insert(), 0u);
  EXPECT_EQ(alive_, static_cast<int>(HandleTable<Counted>::kMaxObjects));
}

TEST_F(HandleTableTest, SurvivesUsersAndClosersOnManyThreads) {
  for (int round = 0; round < 200; ++round) {
    const std::uintptr_t handle = insert();
    std::atomic<int> closed{0};
    const auto work = [&] {
      for (int i = 0; i < 20; ++i) {
        const auto use = table_.use(handle);
        EXPECT_TRUE(!use || (*use).alive > 0);
      }
      closed += table_.close(handle) ? 1 : 0;
    };
    std::thread one(work), other(work);
    one.join();
    other.join();
    EXPECT_EQ(closed, 1);
    EXPECT_EQ(alive_, 0);
  }
}

}  // namespace
}  // namespace pf::abi
