#include "client/audio/silent_output.h"

#include <gtest/gtest.h>

namespace pf::client_audio {
namespace {

class HandClock final : public Clock {
 public:
  LocalTime now() const noexcept override { return at; }
  LocalTime at{seconds(5)};
};

TEST(SilentOutput, TakesWhatTheClockSays) {
  HandClock clock;
  Doorbell bell;
  SilentOutput output(clock);
  EXPECT_EQ(*output.wanted(bell, Nanos(0)), 0u);
  clock.at += milliseconds(5);
  EXPECT_EQ(*output.wanted(bell, Nanos(0)), 240u);
  EXPECT_EQ(*output.wanted(bell, Nanos(0)), 0u);
  clock.at += milliseconds(23);  // what was due meanwhile
  EXPECT_EQ(*output.wanted(bell, Nanos(0)), 960u);
  clock.at += milliseconds(2);
  EXPECT_EQ(*output.wanted(bell, Nanos(0)), 240u);
}

TEST(SilentOutput, DoesNotCatchUpWithAMachineThatSlept) {
  HandClock clock;
  Doorbell bell;
  SilentOutput output(clock);
  clock.at += seconds(3'600);
  EXPECT_EQ(*output.wanted(bell, Nanos(0)), kOutputRateHz);
  EXPECT_EQ(*output.wanted(bell, Nanos(0)), 0u);
  clock.at += milliseconds(5);
  EXPECT_EQ(*output.wanted(bell, Nanos(0)), 240u);
}

}  // namespace
}  // namespace pf::client_audio
