#include "host/input/gamepads.h"

#include <gtest/gtest.h>

#include "host/input/recording/recording_gamepads.h"
#include "host/input/recording/recording_sink.h"

namespace pf::input {
namespace {

using message::GamepadKind;
using message::InputEvent;
using message::InputKind;

InputEvent state_event(unsigned pad, std::uint32_t buttons, std::uint8_t sequence = 1) {
  return {.kind = InputKind::gamepad_state,
          .code = buttons,
          .x = 0x0001'FFFE,                              // left stick 1, -2
          .y = static_cast<std::int32_t>(0x8000'7FFFu),  // right stick -32768, 32767
          .flags = std::uint32_t{sequence} << 24 | 0x10'20'00u | pad};
}

class GamepadsTest : public testing::Test {
 protected:
  std::shared_ptr<recording::PadRecording> recording = std::make_shared<recording::PadRecording>();
  std::vector<PadFeedback> told;
  Gamepads pads{"session 1", recording::open_gamepads(recording),
                [this](const PadFeedback& feedback) { told.push_back(feedback); }};
};

TEST_F(GamepadsTest, AreOpenedByTheFirstPadWithWhatItCanDo) {
  EXPECT_EQ(recording->opened(), 0u);
  pads.describe(2, {.rumble = true, .gyroscope = true});
  EXPECT_EQ(recording->opened(), 0u);
  EXPECT_EQ(pads.inject({.kind = InputKind::gamepad_arrival,
                         .code = static_cast<std::uint32_t>(GamepadKind::dualsense),
                         .flags = 2}),
            Injected::done);
  EXPECT_EQ(recording->opened(), 1u);
  EXPECT_EQ(recording->pad(2).kind, GamepadKind::dualsense);
  EXPECT_EQ(recording->pad(2).abilities, (PadAbilities{.rumble = true, .gyroscope = true}));
  EXPECT_EQ(recording->pad(2).plugged, 1u);
}

TEST_F(GamepadsTest, PassOnEachNewStateOnce) {
  pads.inject(state_event(0, 0x1001, 1));
  pads.inject(state_event(0, 0x1001, 2));
  pads.inject(state_event(0, 0x0001, 3));
  const auto states = recording->pad(0).states;
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0], (PadState{.buttons = 0x1001,
                                 .left_trigger = 0x10,
                                 .right_trigger = 0x20,
                                 .left_x = 1,
                                 .left_y = -2,
                                 .right_x = -32768,
                                 .right_y = 32767}));
  EXPECT_EQ(states[1].buttons, 1u);
  EXPECT_EQ(recording->pad(0).plugged, 1u) << "a pad that says something is there";
}

TEST_F(GamepadsTest, PutSingleButtonsAndAxesTogether) {
  const auto axis = [&](std::uint32_t which, std::int32_t value) {
    pads.inject({.kind = InputKind::gamepad_axis, .code = which, .x = value, .flags = 1});
  };
  pads.inject({.kind = InputKind::gamepad_button, .code = 0x1000, .x = 1, .flags = 1});
  pads.inject({.kind = InputKind::gamepad_button, .code = 0x2000, .x = 1, .flags = 1});
  pads.inject({.kind = InputKind::gamepad_button, .code = 0x1000, .x = 0, .flags = 1});
  axis(1, -40'000);
  axis(3, 5);
  axis(4, 300);
  axis(5, -1);
  EXPECT_EQ(recording->pad(1).states.back(),
            (PadState{.buttons = 0x2000, .left_trigger = 255, .left_y = -32768, .right_y = 5}));
}

TEST_F(GamepadsTest, SayNothingOfAPadThatIsNotThere) {
  pads.touch(0, {});
  pads.move(0, {});
  pads.set_battery(200, {});
  pads.touch(200, {});
  pads.inject(state_event(1, 1));
  pads.touch(0, {});
  EXPECT_EQ(recording->pad(0).contacts.size(), 0u);

  pads.touch(1, {.finger = 7, .x = 0.5f});
  pads.move(1, {.sensor = PadSensor::gyroscope, .value = {1, 2, 3}});
  pads.set_battery(1, {.state = PadBattery::State::charging, .percent = 50});
  EXPECT_EQ(recording->pad(1).contacts.at(0).finger, 7u);
  EXPECT_EQ(recording->pad(1).motions.at(0).value[2], 3);
  EXPECT_EQ(recording->pad(1).batteries.at(0).percent, 50);

  const InputEvent remove{.kind = InputKind::gamepad_remove, .flags = 1};
  pads.inject(remove);
  pads.inject(remove);
  pads.move(1, {});
  EXPECT_EQ(recording->pad(1).unplugged, 1u);
  EXPECT_EQ(recording->pad(1).motions.size(), 1u);
  pads.inject(state_event(1, 1));
  EXPECT_EQ(recording->pad(1).plugged, 2u) << "plugged in again";
}

// A client tells it once, and the pad may have to wait for the devices of a desktop.
TEST_F(GamepadsTest, KeepTheBatteryOfAPadThatIsToCome) {
  pads.set_battery(2, {.state = PadBattery::State::discharging, .percent = 30});
  EXPECT_EQ(recording->pad(2).batteries.size(), 0u);
  pads.inject(state_event(2, 1));
  ASSERT_EQ(recording->pad(2).batteries.size(), 1u);
  EXPECT_EQ(recording->pad(2).batteries[0].percent, 30);
  pads.inject({.kind = InputKind::gamepad_remove, .flags = 2});
  pads.inject(state_event(2, 1));
  EXPECT_EQ(recording->pad(2).batteries.size(), 1u) << "another pad, of which nothing was told";
}

TEST_F(GamepadsTest, BringBackWhatGamesDo) {
  pads.inject(state_event(3, 0));
  recording->tell({.pad = 3, .wish = PadRumbleWish{.low_frequency = 9}});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(std::get<PadRumbleWish>(told[0].wish).low_frequency, 9);
}

TEST(GamepadsWithoutDevices, AreUnsupportedAndAskedForOnce) {
  int asked = 0;
  Gamepads pads("session 1",
                [&](const TellPad&) -> Result<std::unique_ptr<GamepadSink>> {
                  ++asked;
                  return fail(ErrorKind::unavailable, "there are none");
                },
                {});
  EXPECT_EQ(pads.inject(state_event(0, 1)), Injected::unsupported);
  EXPECT_EQ(pads.inject(state_event(1, 1)), Injected::unsupported);
  pads.move(0, {});
  EXPECT_EQ(asked, 1);
}

TEST_F(GamepadsTest, StandBesideTheDevicesOfADesktop) {
  const auto desktop = std::make_shared<recording::Recording>();
  const auto sink = with_gamepads(std::make_unique<recording::RecordingSink>(desktop), pads);
  EXPECT_EQ(sink->inject(state_event(0, 1)), Injected::done);
  EXPECT_EQ(sink->inject({.kind = InputKind::key_down, .code = 65}), Injected::done);
  EXPECT_EQ(sink->flush(), Injected::done);
  EXPECT_EQ(desktop->events().size(), 1u);
  EXPECT_EQ(recording->pad(0).states.size(), 1u);
}

TEST_F(GamepadsTest, ANeutralStateLetsGoOfEverything) {
  pads.inject(state_event(0, 0x1001));
  pads.inject(neutral_pad(0));
  EXPECT_EQ(recording->pad(0).states.back(), PadState{});
}

}  // namespace
}  // namespace pf::input
