#include "core/crypto/replay_window.h"

#include <memory>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/vectors.h"

namespace pf::crypto {
namespace {

TEST(ReplayWindow, FollowsTheKnownSequences) {
  const nlohmann::json vectors = testing::load_vectors("crypto.json").at("replay_window");
  EXPECT_EQ(vectors.at("size").get<std::uint64_t>(), ReplayWindow::kPackets);
  for (const auto& sequence : vectors.at("sequences")) {
    ReplayWindow window;
    for (const auto& step : sequence.at("accept")) {
      EXPECT_EQ(window.accept(step.at(0)), step.at(1).get<bool>())
          << sequence.at("name") << " " << step.at(0);
    }
  }
}

TEST(ReplayWindow, WorksAtTheEndsOfTheNumbers) {
  ReplayWindow window;
  EXPECT_TRUE(window.accept(0));
  EXPECT_TRUE(window.accept(~std::uint64_t{0}));
  EXPECT_FALSE(window.accept(~std::uint64_t{0}));
  EXPECT_TRUE(window.accept(~std::uint64_t{0} - ReplayWindow::kPackets + 1));
  EXPECT_FALSE(window.accept(~std::uint64_t{0} - ReplayWindow::kPackets));
  EXPECT_FALSE(window.accept(0));
}

// The same by remembering everything.
class NaiveWindow {
 public:
  bool accept(std::uint64_t number) {
    if (!seen_.empty() && *seen_.rbegin() >= number &&
        *seen_.rbegin() - number >= ReplayWindow::kPackets)
      return false;
    return seen_.insert(number).second;
  }

 private:
  std::set<std::uint64_t> seen_;
};

RC_GTEST_PROP(ReplayWindow, EqualsOneThatRemembersEverything, ()) {
  ReplayWindow window;
  NaiveWindow naive;
  std::uint64_t at = *rc::gen::inRange<std::uint64_t>(0, 1 << 20);
  // Small steps, steps around the size of the window and its words, and repeats.
  const auto steps = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::oneOf(
      rc::gen::inRange<std::int64_t>(-70, 130), rc::gen::inRange<std::int64_t>(131000, 131200),
      rc::gen::inRange<std::int64_t>(-131200, -131000),
      rc::gen::inRange<std::int64_t>(-300000, 300000)));
  for (const std::int64_t step : steps) {
    const std::int64_t next = static_cast<std::int64_t>(at) + step;
    at = static_cast<std::uint64_t>(std::max<std::int64_t>(next, 0));
    RC_ASSERT(window.accept(at) == naive.accept(at));
  }
}

}  // namespace
}  // namespace pf::crypto
