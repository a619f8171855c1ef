// The judge must tell a good rate from a bad one before anybody believes its verdicts.
#include "sim/judge.h"

#include <gtest/gtest.h>

#include "sim/judge_report.h"

namespace pf::sim {
namespace {

using namespace std::chrono_literals;

LinkModel model(std::vector<RateStep> steps) {
  LinkModel made{.name = "made-up", .what = "for a test"};
  made.down.delay = made.up.delay = 5ms;
  made.down.bottleneck = {.rate = {.steps = std::move(steps)}, .queue = 300ms};
  return made;
}

TEST(Judge, ARateThatFitsIsGood) {
  const LinkModel link = model({{0s, 40'000}});
  const Verdict verdict = judge(link, 1, 6s, 8'000);
  EXPECT_TRUE(verdict.good()) << verdict.violations;
  ASSERT_EQ(verdict.steps.size(), 1u);
  EXPECT_EQ(verdict.steps[0].from_kbps, 0u);
  EXPECT_EQ(verdict.steps[0].settled_after, 0ns);
  EXPECT_LT(verdict.queue_p95, 10ms);
  EXPECT_GT(verdict.utilisation, 0.9);  // of what was asked for
  EXPECT_EQ(verdict.course.size(), 120u);
  EXPECT_EQ(verdict.course.back().target_kbps, 8'000u);
  EXPECT_EQ(verdict.packets_lost, 0);
}

// A link that has less than the least a client asks for.
TEST(Judge, AQueueThatStandsIsNotGood) {
  const LinkModel link = model({{0s, 40'000}, {3s, 1'200}});
  const Verdict verdict = judge(link, 1, 8s);
  EXPECT_FALSE(verdict.good());
  ASSERT_EQ(verdict.steps.size(), 2u);
  EXPECT_EQ(verdict.steps[1].at, 3s);
  EXPECT_EQ(verdict.steps[1].from_kbps, 40'000u);
  EXPECT_EQ(verdict.steps[1].to_kbps, 1'200u);
  EXPECT_TRUE(verdict.steps[0].settled_in_time());
}

TEST(Judge, AClientWithoutARateFindsOneThatIsGood) {
  const Verdict verdict = judge(*find_link_model("step-down"), 1, 16s);
  EXPECT_TRUE(verdict.good()) << verdict.violations;
  EXPECT_EQ(verdict.steps.size(), 2u);
  EXPECT_GT(verdict.utilisation, 0.5);
}

TEST(Judge, AWanderIsNoStep) {
  LinkModel link = model({{0s, 40'000}});
  link.down.bottleneck.rate.wander = 0.4;
  EXPECT_EQ(judge(link, 1, 4s, 4'000).steps.size(), 1u);
}

TEST(Judge, ASeedRepeatsAVerdictExactly) {
  const LinkModel& link = *find_link_model("wifi-walk");
  const Verdict once[] = {judge(link, 3, 2s)}, again[] = {judge(link, 3, 2s)};
  EXPECT_EQ(judge_json(once), judge_json(again));
  EXPECT_EQ(judge_plot(once[0]), judge_plot(again[0]));
}

TEST(JudgeReport, NamesEveryLinkOnce) {
  const LinkModel one = model({{0s, 40'000}});
  const Verdict verdicts[] = {judge(one, 1, 3s, 4'000), judge(one, 2, 3s, 4'000)};
  const std::string table = judge_table(verdicts);
  EXPECT_NE(table.find("made-up"), std::string::npos);
  EXPECT_EQ(table.find("made-up"), table.rfind("made-up"));
  EXPECT_NE(table.find("2/2"), std::string::npos) << table;
  const std::string plot = judge_plot(verdicts[0]);
  EXPECT_TRUE(plot.starts_with("<svg"));
  EXPECT_NE(plot.find("</svg>"), std::string::npos);
}

}  // namespace
}  // namespace pf::sim
