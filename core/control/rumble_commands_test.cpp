#include "core/control/rumble_commands.h"

#include <gtest/gtest.h>

namespace pf::control {
namespace {

struct Commands : ::testing::Test {
  RumbleCommands commands;
  LocalTime now{seconds(100)};

  void say(std::uint16_t pad, std::uint16_t low, std::optional<std::uint16_t> ttl_ms) {
    message::Rumble rumble{.pad = pad, .low_frequency = low};
    if (ttl_ms) rumble.lease = message::Rumble::Lease{.ttl_ms = *ttl_ms};
    commands.on_rumble(rumble, now);
  }
  std::optional<RumbleCommand> at(Nanos later) {
    now += later;
    return commands.poll(now);
  }
};

TEST_F(Commands, EachRenewalIsACommandAndTheEndOfALeaseIsAStop) {
  say(2, 500, 400);
  auto command = at(Nanos(0));
  ASSERT_TRUE(command);
  EXPECT_EQ(command->pad, 2);
  EXPECT_EQ(command->low_frequency, 500);
  EXPECT_EQ(command->backstop, milliseconds(400));
  EXPECT_FALSE(at(milliseconds(120)));
  say(2, 500, 400);
  EXPECT_TRUE(at(Nanos(0)));
  EXPECT_EQ(commands.next_timeout(), now + milliseconds(400));
  EXPECT_FALSE(at(milliseconds(399)));
  command = at(milliseconds(1));
  ASSERT_TRUE(command);
  EXPECT_EQ(command->pad, 2);
  EXPECT_EQ(command->low_frequency, 0);
  EXPECT_EQ(command->backstop, Nanos(0));
  EXPECT_FALSE(at(seconds(10)));
  EXPECT_FALSE(commands.next_timeout());
}

TEST_F(Commands, AHostWithoutLeasesIsWaitedForASecond) {
  say(0, 7, std::nullopt);
  EXPECT_EQ(at(Nanos(0))->backstop, seconds(1));
  EXPECT_EQ(at(seconds(1))->low_frequency, 0);
}

TEST_F(Commands, AStopIsSaidAsOftenAsItComesAndALeaseOfNothingIsOne) {
  say(1, 9, 0);
  EXPECT_EQ(at(Nanos(0))->low_frequency, 0);
  say(1, 0, 0);
  EXPECT_TRUE(at(Nanos(0)));
  EXPECT_FALSE(at(Nanos(0)));
}

TEST_F(Commands, WhatRunsStopsWithTheSession) {
  say(1, 9, 5'000);
  say(3, 9, 5'000);
  say(4, 0, 0);
  while (at(Nanos(0))) {
  }
  commands.on_end();
  EXPECT_EQ(at(Nanos(0))->pad, 1);
  EXPECT_EQ(at(Nanos(0))->pad, 3);
  EXPECT_FALSE(at(Nanos(0)));
}

TEST_F(Commands, MotorsThatDecayAreToldAgainAndDeafOnesSlightlyElse) {
  commands.set_quirks(0, {.keepalive = milliseconds(40), .dedup_jitter = true});
  say(0, 100, 400);
  EXPECT_EQ(at(Nanos(0))->low_frequency, 100);
  EXPECT_FALSE(at(milliseconds(39)));
  EXPECT_EQ(at(milliseconds(1))->low_frequency, 101);
  EXPECT_EQ(at(milliseconds(40))->low_frequency, 100);
  EXPECT_EQ(at(milliseconds(40))->low_frequency, 101);
  say(0, 0, 0);
  EXPECT_EQ(at(Nanos(0))->low_frequency, 0);
  EXPECT_FALSE(at(seconds(1)));
}

TEST_F(Commands, APulseIsNoShorterThanTheMotorsCan) {
  commands.set_quirks(0, {.least_pulse = milliseconds(300)});
  say(0, 100, 150);
  EXPECT_EQ(at(Nanos(0))->backstop, milliseconds(300));
  EXPECT_EQ(at(milliseconds(150))->low_frequency, 0);  // and yet it stops in time
}

TEST_F(Commands, TriggersAloneRunToo) {
  message::Rumble rumble{.pad = 0, .lease = message::Rumble::Lease{.ttl_ms = 100}};
  rumble.triggers = message::Rumble::Triggers{.left = 4'660, .right = 65'535};
  commands.on_rumble(rumble, now);
  const auto command = at(Nanos(0));
  EXPECT_EQ(command->left_trigger, 4'660);
  EXPECT_EQ(command->right_trigger, 65'535);
  EXPECT_EQ(command->backstop, milliseconds(100));
}

}  // namespace
}  // namespace pf::control
