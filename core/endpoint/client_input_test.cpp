#include "core/endpoint/client_input.h"

#include <gtest/gtest.h>

namespace pf::endpoint {
namespace {

using message::InputKind;

std::size_t drain(ClientInput& input) {
  std::size_t count = 0;
  while (input.poll()) ++count;
  return count;
}

TEST(ClientInput, LetsGoOfEverythingWhenMoreComesThanCanWait) {
  ClientInput input;
  const LocalTime now;
  input.put({.kind = InputKind::key_down, .code = 'W'});
  input.turn(now);
  EXPECT_EQ(drain(input), 1u);
  for (std::size_t i = 0; i < ClientInput::kMaxWaiting; ++i)
    input.put({.kind = InputKind::text_input, .code = 'a'});
  input.put({.kind = InputKind::key_down, .code = 'B'});
  input.turn(now);
  const auto release = input.poll();
  ASSERT_TRUE(release);
  EXPECT_EQ(release->event.kind, InputKind::key_up);
  EXPECT_EQ(release->event.code, std::uint32_t{'W'});
  const auto press = input.poll();
  ASSERT_TRUE(press);
  EXPECT_EQ(press->event.code, std::uint32_t{'B'});
}

TEST(ClientInput, SaysALostPressAgain) {
  ClientInput input;
  const LocalTime now;
  input.put({.kind = InputKind::mouse_button_down, .code = 1});
  input.turn(now);
  const auto first = input.poll();
  ASSERT_TRUE(first);
  input.on_lost(first->number, now);
  input.turn(now);
  const auto again = input.poll();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->event, first->event);
}

}  // namespace
}  // namespace pf::endpoint
