#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/runtime/system_clock.h"
#include "host/doctor/doctor_run.h"
#include "host/doctor/port_holder.h"
#include "host/doctor/report.h"

namespace pf::doctor {
namespace {

TEST(PortHolder, ReadsALineOfTheKernelsTable) {
  const auto udp = parse_socket_line(
      "  312: 0100007F:2631 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 "
      "48213 2 0000000000000000 0");
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->port, 9777);
  EXPECT_TRUE(udp->listens);
  EXPECT_EQ(udp->uid, 1000u);
  EXPECT_EQ(udp->inode, 48213u);
  const auto connected = parse_socket_line(
      "   1: 00000000000000000000000001000000:BB76 00000000000000000000000001000000:0050 01 "
      "00000000:00000000 00:00000000 00000000     0        0 7 1 0000000000000000 20 0 0 10 -1");
  ASSERT_TRUE(connected);
  EXPECT_EQ(connected->port, 47990);
  EXPECT_FALSE(connected->listens);
}

TEST(PortHolder, TakesTheHeadingForNoSocket) {
  EXPECT_FALSE(parse_socket_line(
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode ref pointer drops"));
  EXPECT_FALSE(parse_socket_line(""));
  EXPECT_FALSE(parse_socket_line("1: 0100007F 0 07 0 0 0 0 0 0"));
}

std::vector<Step> steps(State first, State second) {
  return {{&rungs()[0], {first, "one", "mend one"}, milliseconds(3)},
          {&rungs()[1], {second, "two", "mend two"}, milliseconds(4)}};
}

TEST(Ladder, IsAsGoodAsItsWorstRung) {
  EXPECT_EQ(verdict(steps(State::ok, State::skipped)), State::ok);
  EXPECT_EQ(verdict(steps(State::warning, State::waiting)), State::warning);
  EXPECT_EQ(verdict(steps(State::warning, State::failed)), State::failed);
}

TEST(Ladder, NamesWhatToDoFirst) {
  const auto all = steps(State::warning, State::failed);
  EXPECT_EQ(first_trouble(all), &all[1]);
  EXPECT_NE(summary(all).find("mend two"), std::string::npos);
  EXPECT_EQ(to_json(all)["verdict"], "failed");
  EXPECT_DOUBLE_EQ(to_json(all)["took_ms"].get<double>(), 7);
}

TEST(DoctorRun, KnowsTheLadderBeforeAnybodyAsked) {
  const DoctorStatus status = no_run();
  EXPECT_FALSE(status.running);
  ASSERT_EQ(status.rungs.size(), rungs().size());
  EXPECT_EQ(status.rungs[0].state, "waiting");
}

TEST(DoctorRun, FollowsTheLinesOfTheDoctor) {
  DoctorStatus status = no_run();
  const auto all = steps(State::ok, State::failed);
  EXPECT_TRUE(apply_line(to_json(all[1]).dump(), status));
  EXPECT_EQ(status.rungs[1].state, "failed");
  EXPECT_EQ(status.rungs[1].fix, "mend two");
  EXPECT_TRUE(apply_line(to_json(all).dump(), status));
  EXPECT_EQ(status.verdict, "failed");
}

TEST(DoctorRun, TakesNoNonsense) {
  DoctorStatus status = no_run();
  for (const char* const line : {"", "[]", "{}", "{\"name\": 3}", "{\"name\": \"no rung\"}", "{"})
    EXPECT_FALSE(apply_line(line, status)) << line;
  EXPECT_TRUE(apply_line("{\"name\": \"kernel\", \"took_ms\": \"long\"}", status));
  EXPECT_EQ(status.rungs[0].took_ms, 0);
}

}  // namespace
}  // namespace pf::doctor
