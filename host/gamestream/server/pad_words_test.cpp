#include "host/gamestream/server/pad_words.h"

#include <gtest/gtest.h>

#include "host/gamestream/server/pad_feedback_box.h"
#include "host/input/recording/recording_gamepads.h"

namespace pf::gamestream {
namespace {

class PadWords : public testing::Test {
 protected:
  std::shared_ptr<input::recording::PadRecording> recording =
      std::make_shared<input::recording::PadRecording>();
  input::Gamepads gamepads{"session 1", input::recording::open_gamepads(recording),
                           [](const input::PadFeedback&) {}};
  void plug(std::uint8_t pad) {
    gamepads.inject({.kind = message::InputKind::gamepad_arrival, .flags = pad});
  }
};

TEST_F(PadWords, TellWhatAPadCanDoBeforeItIsPluggedIn) {
  pass_on(PadArrival{.pad = 1, .kind = 2, .capabilities = 0x1A3}, gamepads);
  plug(1);
  EXPECT_EQ(recording->pad(1).abilities, (input::PadAbilities{.analog_triggers = true,
                                                              .rumble = true,
                                                              .second_touchpad = true,
                                                              .gyroscope = true,
                                                              .light = true}));
}

TEST_F(PadWords, TellOfFingersSensorsAndBatteries) {
  using Phase = input::PadContact::Phase;
  plug(0);
  pass_on(PadTouchpad{.pad = 0, .event = ContactEvent::down, .surface = 1, .pointer_id = 5, .x = 1},
          gamepads);
  pass_on(PadTouchpad{.pad = 0, .event = ContactEvent::button_only}, gamepads);
  pass_on(PadTouchpad{.pad = 0, .event = ContactEvent::hover_leave}, gamepads);
  pass_on(PadSensor{.pad = 0, .gyro = true, .value = {1, 2, 3}}, gamepads);
  pass_on(PadBattery{.pad = 0, .state = 3, .percent = 40}, gamepads);
  pass_on(PadBattery{.pad = 0, .state = 77, .percent = std::nullopt}, gamepads);
  const auto pad = recording->pad(0);
  ASSERT_EQ(pad.contacts.size(), 2u);
  EXPECT_EQ(pad.contacts[0].phase, Phase::down);
  EXPECT_EQ(pad.contacts[0].surface, 1);
  EXPECT_EQ(pad.contacts[0].finger, 5u);
  EXPECT_EQ(pad.contacts[1].phase, Phase::up);
  ASSERT_EQ(pad.motions.size(), 1u);
  EXPECT_EQ(pad.motions[0].sensor, input::PadSensor::gyroscope);
  ASSERT_EQ(pad.batteries.size(), 2u);
  EXPECT_EQ(pad.batteries[0].state, input::PadBattery::State::charging);
  EXPECT_EQ(pad.batteries[0].percent, 40);
  EXPECT_EQ(pad.batteries[1].state, input::PadBattery::State::unknown);
}

TEST_F(PadWords, SayWhatGamesDoAsClientsKnowIt) {
  const auto say = [](auto wish) { return in_words_of_clients({.pad = 3, .wish = wish}); };
  const auto rumble =
      std::get<PadRumble>(say(input::PadRumbleWish{.low_frequency = 7, .high_frequency = 8}));
  EXPECT_EQ(rumble.pad, 3);
  EXPECT_EQ(rumble.low_frequency, 7);
  EXPECT_EQ(rumble.high_frequency, 8);
  EXPECT_EQ(
      std::get<PadTriggerRumble>(say(input::PadTriggerRumbleWish{.left = 1, .right = 2})).right, 2);
  const auto motion = std::get<PadMotionRequest>(
      say(input::PadMotionWish{.sensor = input::PadSensor::gyroscope, .rate_hz = 100}));
  EXPECT_EQ(motion.kind, 2);
  EXPECT_EQ(motion.rate_hz, 100);
  EXPECT_EQ(std::get<PadLed>(say(input::PadLightWish{.red = 1, .green = 2, .blue = 3})).green, 2);
  const auto effects = std::get<PadTriggerEffects>(
      say(input::PadTriggerEffectWish{.left = true, .kind = 0x21, .parameters = {std::byte{9}}}));
  EXPECT_EQ(effects.which, 8);
  EXPECT_EQ(effects.left_kind, 0x21);
  EXPECT_EQ(effects.left[0], std::byte{9});
  EXPECT_EQ(effects.right_kind, 0);
}

TEST(PadFeedbackOnItsWay, KeepsTheNewestOfEachKindOfEachPad) {
  Doorbell bell;
  PadFeedbackBox box(bell);
  const auto rumble = [&](std::uint64_t launch, std::uint8_t pad, std::uint16_t strength) {
    box.put(LaunchId{launch},
            {.pad = pad, .wish = input::PadRumbleWish{.low_frequency = strength}});
  };
  for (std::uint16_t i = 0; i < 10'000; ++i) rumble(1, 0, i);
  rumble(1, 0, 0);
  rumble(1, 1, 5);
  rumble(2, 0, 6);
  for (const bool left : {false, true})
    box.put(LaunchId{1}, {.pad = 0, .wish = input::PadTriggerEffectWish{.left = left}});
  const auto news = box.take();
  ASSERT_EQ(news.size(), 5u);
  EXPECT_EQ(std::get<input::PadRumbleWish>(news[0].feedback.wish).low_frequency, 0);
  EXPECT_TRUE(box.take().empty());
}

}  // namespace
}  // namespace pf::gamestream
